//! The picture that the README shows.

use std::env;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::driver::{Browser, browse};
use crate::files::{signed, trust};
use crate::{stored, tmp};

/// Set, the picture in the repository is made anew; others, for whoever changes the page's looks,
/// are put into the build's folder for temporary files.
const REGENERATE: &str = "PLIMSOLL_SCREENSHOT";
const MOST_BYTES: usize = 200_000;
const WIDTH: u32 = 720;

/// The whole page, at this width.
async fn taken(browser: &Browser, width: u32, scheme: &str) -> Vec<u8> {
    browser.scheme(scheme).await;
    let mut height = json!(100);
    for _ in 0..2 {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser
            .chromium("Emulation.setDeviceMetricsOverride", screen)
            .await;
        height = browser
            .run("return document.scrollingElement.scrollHeight")
            .await;
    }
    browser.client.screenshot().await.unwrap()
}

#[test]
fn the_picture_in_the_readme_is_of_this_page() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshot.png");
    browse("screenshot", async |browser| {
        let text = trust(1, "claims = [\"cet1>=7%\"]");
        browser
            .choose("trust", &[("trust.toml", text.as_bytes())])
            .await;
        let file = signed(&stored("us-bancorp-2022-12-31.plimsoll"), 1);
        browser
            .choose("files", &[("us-bancorp-2022-12-31.plimsoll", &file)])
            .await;
        browser.wait("article.holds").await;
        let rest = "document.activeElement.blur(); scrollTo(0, 0)";
        browser.run(rest).await;
        let picture = taken(&browser, WIDTH, "light").await;
        assert!(picture.len() < MOST_BYTES, "{} bytes", picture.len());
        if env::var_os(REGENERATE).is_some() {
            fs::write(&place, &picture).unwrap();
            for (width, scheme) in [(1024, "dark"), (320, "light")] {
                let other = taken(&browser, width, scheme).await;
                fs::write(tmp().join(format!("page-{width}-{scheme}.png")), other).unwrap();
            }
        }
        // Fonts differ from machine to machine; kind and width do not.
        let kept = fs::read(&place).unwrap();
        let width = |png: &[u8]| u32::from_be_bytes(png[16..20].try_into().unwrap());
        assert_eq!((&kept[..8], width(&kept)), (&picture[..8], WIDTH));
        assert!(kept.len() < MOST_BYTES, "{} bytes", kept.len());
    });
}
