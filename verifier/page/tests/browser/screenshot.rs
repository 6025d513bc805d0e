//! The picture that the README shows.

use std::env;
use std::fs;
use std::path::Path;

use serde_json::json;

use crate::driver::browse;
use crate::files::{signed, trust};
use crate::stored;

/// Set, the picture in the repository is made anew.
const REGENERATE: &str = "PLIMSOLL_SCREENSHOT";
const MOST_BYTES: usize = 200_000;

#[test]
fn the_picture_in_the_readme_is_of_this_page() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshot.png");
    browse("screenshot", async |browser| {
        let screen =
            json!({ "width": 720, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
        browser
            .chromium("Emulation.setDeviceMetricsOverride", screen)
            .await;
        let light = json!([{ "name": "prefers-color-scheme", "value": "light" }]);
        browser
            .chromium("Emulation.setEmulatedMedia", json!({ "features": light }))
            .await;
        let text = trust(1, "claims = [\"cet1>=7%\"]");
        browser
            .choose("trust", &[("trust.toml", text.as_bytes())])
            .await;
        let file = signed(&stored("us-bancorp-2022-12-31.plimsoll"), 1);
        browser
            .choose("files", &[("us-bancorp-2022-12-31.plimsoll", &file)])
            .await;
        browser.wait("article.holds").await;
        browser
            .run("document.activeElement.blur(); scrollTo(0, 0)")
            .await;
        let height = browser
            .run("return document.scrollingElement.scrollHeight")
            .await;
        let whole =
            json!({ "width": 720, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser
            .chromium("Emulation.setDeviceMetricsOverride", whole)
            .await;
        let picture = browser.client.screenshot().await.unwrap();
        assert!(picture.len() < MOST_BYTES, "{} bytes", picture.len());
        if env::var_os(REGENERATE).is_some() {
            fs::write(&place, &picture).unwrap();
        }
        // Fonts differ from machine to machine; width and kind do not.
        let kept = fs::read(&place).unwrap();
        let width = |png: &[u8]| u32::from_be_bytes(png[16..20].try_into().unwrap());
        assert_eq!((&kept[..8], width(&kept)), (&picture[..8], 720));
        assert!(kept.len() < MOST_BYTES, "{} bytes", kept.len());
    });
}
