//! Light and dark, narrow and wide: everything can be read, and colour is never the only sign.

use serde_json::{Value, json};

use crate::driver::{Browser, browse};
use crate::files::forged;
use crate::stored;

/// Every element with text of its own: contrast with the colour behind it, and what it says.
const CONTRASTS: &str = r#"
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const channels = (colour) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
        const linear = [r, g, b].map((c) => {
            const s = c / 255;
            return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = channels(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return [255, 255, 255, 255];
    };
    const all = [];
    for (const element of document.body.querySelectorAll('*')) {
        const texts = [...element.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
        if (!texts.length || !element.checkVisibility() || element.closest('.unseen')) continue;
        if (element.closest('script')) continue;
        const front = light(channels(getComputedStyle(element).color));
        const back = light(behind(element));
        const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
        all.push([contrast, texts[0].data.trim().slice(0, 40)]);
    }
    return all;
"#;

/// A screen of this width, in CSS pixels.
async fn width(browser: &Browser, width: u32) {
    let screen = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    browser
        .chromium("Emulation.setDeviceMetricsOverride", screen)
        .await;
}

async fn unfold(browser: &Browser) {
    let all = "for (const one of document.querySelectorAll('details')) one.open = true";
    browser.run(all).await;
}

/// The three outcomes, and a problem; after each, what `look` has to say.
async fn each_state(browser: &Browser, mut look: impl AsyncFnMut(&Browser, &str)) {
    let file = stored("us-bancorp-2022-12-31.plimsoll");
    look(browser, "at the start").await;
    browser.choose("files", &[("bank.plimsoll", &file)]).await;
    browser.wait("article.unknown").await;
    look(browser, "cannot tell").await;
    browser.tick(true).await;
    browser.wait("article.holds").await;
    look(browser, "holds").await;
    browser
        .choose("files", &[("bank.plimsoll", &forged(&file))])
        .await;
    browser.wait("article.refused").await;
    look(browser, "refused").await;
    browser
        .choose("trust", &[("trust.toml", b"version = 2")])
        .await;
    browser.wait("article.problem").await;
    look(browser, "a problem").await;
}

#[test]
fn everything_can_be_read_in_light_and_in_dark() {
    browse("contrast", async |browser| {
        each_state(&browser, async |browser: &Browser, state: &str| {
            unfold(browser).await;
            let mut papers = Vec::new();
            for name in ["light", "dark"] {
                browser.scheme(name).await;
                let all = browser.run(CONTRASTS).await;
                let all = all.as_array().unwrap();
                assert!(all.len() >= 12, "{state}: {}", all.len());
                for one in all {
                    let contrast = one[0].as_f64().unwrap();
                    assert!(contrast >= 4.5, "{state}, {name}: {contrast} of {}", one[1]);
                }
                let paper = "return getComputedStyle(document.body).backgroundColor";
                papers.push(browser.run(paper).await);
            }
            assert_ne!(papers[0], papers[1], "dark is light");
        })
        .await;
    });
}

#[test]
fn a_narrow_screen_scrolls_one_way_only() {
    browse("narrow", async |browser| {
        each_state(&browser, async |browser: &Browser, state: &str| {
            unfold(browser).await;
            for pixels in [320, 1280] {
                width(browser, pixels).await;
                let widest = browser
                    .run("return document.scrollingElement.scrollWidth")
                    .await;
                assert!(
                    widest.as_u64().unwrap() <= pixels.into(),
                    "{state}: {widest}"
                );
                // Nothing that can be read or pressed stands outside.
                let outside =
                    "return [...document.querySelectorAll('main *, footer *')].filter((e) => {
                    const box = e.getBoundingClientRect();
                    return e.checkVisibility() && !e.closest('.unseen') && box.width > 2
                        && (box.right > innerWidth + 1 || box.left < -1);
                }).map((e) => e.outerHTML.slice(0, 80))";
                assert_eq!(browser.run(outside).await, json!([]), "{state}, {pixels}");
            }
        })
        .await;
    });
}

#[test]
fn without_any_colour_the_words_and_signs_are_there() {
    browse("no colour", async |browser| {
        let mut heads = Vec::new();
        each_state(&browser, async |browser: &Browser, _: &str| {
            let head = "return document.querySelector('article h2')?.innerText";
            heads.push(browser.run(head).await);
        })
        .await;
        let expected = json!([
            null,
            "? cannot tell",
            "✓ holds",
            "✗ refused",
            "Nothing was checked"
        ]);
        assert_eq!(Value::from(heads), expected);
        let still = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
        browser
            .chromium("Emulation.setEmulatedMedia", json!({ "features": still }))
            .await;
        let moves = "return [...document.querySelectorAll('*')].filter((e) =>
            getComputedStyle(e).transitionDuration !== '0s' || getComputedStyle(e).animationName !== 'none').length";
        assert_eq!(browser.run(moves).await, 0);
    });
}
