//! The page for JavaScript.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::about;
use crate::reader::{Asked, Reader, told};

/// A reader, and the question that is being put together.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Page {
    reader: Reader,
    asked: Asked,
}

/// What this page is, as JSON.
#[wasm_bindgen]
pub fn about_page() -> String {
    about::about().to_string()
}

#[wasm_bindgen]
impl Page {
    /// Reads the parameters.
    ///
    /// # Errors
    /// Those that are not the pinned ones.
    #[wasm_bindgen(constructor)]
    pub fn new(params: &[u8]) -> Result<Page, JsError> {
        Ok(Page {
            reader: Reader::new(params)?,
            asked: Asked::default(),
        })
    }

    /// An attestation.
    pub fn file(&mut self, name: String, bytes: Vec<u8>) {
        self.asked.files.push((name, bytes));
    }

    /// What lies beside the attestations.
    pub fn beside(&mut self, name: String, bytes: Vec<u8>) {
        self.asked.beside.push((name, bytes));
    }

    /// The answer as JSON; `say` is called with each step and the part that is behind it, in
    /// thousandths. The question is forgotten.
    pub fn answer(&mut self, now: f64, unsigned: bool, say: &Function) -> String {
        let mut asked = std::mem::take(&mut self.asked);
        asked.unsigned = unsigned;
        // Seconds of a clock fit exactly; what is no number is the year 1970, to which every date
        // lies in the future.
        asked.now = now as i64;
        let mut tell = |step| {
            let (text, part) = told(step);
            // Whether anybody listens does not change the verdict.
            let _ = say.call2(&JsValue::NULL, &JsValue::from(text), &JsValue::from(part));
        };
        self.reader.answer(&asked, &mut tell).to_string()
    }
}
