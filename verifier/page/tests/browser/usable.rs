//! With a keyboard alone, and by ear; and what is seen while the verifier works.

use std::fs;

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};

use crate::driver::{Browser, browse};
use crate::{fixtures, stored};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

/// Presses a key, whatever has the focus.
async fn press(browser: &Browser, value: char) {
    let (down, up) = (KeyAction::Down { value }, KeyAction::Up { value });
    let keys = KeyActions::new("keyboard".to_owned()).then(down).then(up);
    browser.client.perform_actions(keys).await.unwrap();
}

/// What the dialog of the file input that has the focus would answer.
async fn answer_dialog(browser: &Browser, file: &str) {
    let input = browser.client.active_element().await.unwrap();
    input.send_keys(file).await.unwrap();
}

/// Tabs until the element that a selector names has the focus; says what was passed.
async fn tab_to(browser: &Browser, selector: &str) {
    let here = format!("return document.activeElement.matches({})", json!(selector));
    for _ in 0..30 {
        if browser.run(&here).await == Value::Bool(true) {
            return;
        }
        press(browser, TAB).await;
    }
    panic!("no tab leads to {selector}");
}

/// A ring around what has the focus, or around the label that stands for it.
async fn has_a_ring(browser: &Browser) {
    let ring = "const at = document.activeElement;
        const shown = at.type === 'file' ? at.labels[0] : at;
        const style = getComputedStyle(shown);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2";
    let name = browser
        .run("return document.activeElement.outerHTML.slice(0, 60)")
        .await;
    assert_eq!(
        browser.run(ring).await,
        Value::Bool(true),
        "no ring: {name}"
    );
}

#[test]
fn the_keyboard_is_enough() {
    browse("keyboard", async |browser| {
        let file = browser.put("bank.plimsoll", &stored("us-bancorp-2022-12-31.plimsoll"));
        let trust = fs::read(fixtures().join("trust/trust.toml")).unwrap();
        let trust = browser.put("trust.toml", &trust);
        tab_to(&browser, "#files").await;
        has_a_ring(&browser).await;
        answer_dialog(&browser, &file).await;
        browser.wait("article.unknown").await;
        // Opened by Enter, left by Tab.
        tab_to(&browser, "#elsewhere summary").await;
        has_a_ring(&browser).await;
        press(&browser, ENTER).await;
        let open = "return document.getElementById('elsewhere').open";
        assert_eq!(browser.run(open).await, Value::Bool(true));
        tab_to(&browser, "#address").await;
        has_a_ring(&browser).await;
        tab_to(&browser, "#trust").await;
        has_a_ring(&browser).await;
        answer_dialog(&browser, &trust).await;
        browser.wait("#beside li").await;
        tab_to(&browser, "#beside button").await;
        has_a_ring(&browser).await;
        press(&browser, ENTER).await;
        browser.wait("#beside[hidden]").await;
        // Removing leaves the focus where the next file would be added.
        tab_to(&browser, "#unsigned").await;
        has_a_ring(&browser).await;
        press(&browser, ' ').await;
        browser.wait("article.holds").await;
        tab_to(&browser, "article details:last-of-type summary").await;
        has_a_ring(&browser).await;
        press(&browser, ENTER).await;
        browser.wait("article details[open] pre").await;
        tab_to(&browser, "article pre").await;
        has_a_ring(&browser).await;
        tab_to(&browser, "#about summary").await;
        press(&browser, ENTER).await;
        browser.wait("#about[open] code").await;
    });
}

#[test]
fn the_verdict_is_spoken_and_every_control_has_a_name() {
    browse("by ear", async |browser| {
        let live = "const live = document.getElementById('live');
            return [live.getAttribute('aria-live'), live.getAttribute('role')]";
        assert_eq!(browser.run(live).await, json!(["polite", "status"]));
        browser.tick(true).await;
        let file = stored("us-bancorp-2022-12-31.plimsoll");
        browser.choose("files", &[("bank.plimsoll", &file)]).await;
        browser.wait("article.holds").await;
        let said = "return document.getElementById('live').textContent";
        assert_eq!(browser.run(said).await, "bank.plimsoll: holds");
        let nameless = "return [...document.querySelectorAll('input, button, progress, summary')]
            .filter((e) => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
            .map((e) => e.outerHTML)";
        assert_eq!(browser.run(nameless).await, json!([]));
        for landmark in ["main", "header", "footer", "h1"] {
            browser.client.find(Locator::Css(landmark)).await.unwrap();
        }
    });
}

#[test]
fn progress_is_seen_while_the_page_stays_awake() {
    browse("progress", async |browser| {
        // Every change of the list and the bar, and whether the page could still do something
        // of its own between the first step of the question and its answer.
        let watch = "
            window.seen = [];
            window.beats = 0;
            const note = () => {
                const last = document.querySelector('#steps li:last-child');
                const bar = document.getElementById('bar').value;
                const told = [last?.dataset.step, bar, Boolean(document.querySelector('article'))];
                if (JSON.stringify(told) !== JSON.stringify(window.seen.at(-1))) window.seen.push(told);
            };
            new MutationObserver(note).observe(document.querySelector('main'), {
                attributes: true, childList: true, subtree: true,
            });
            setInterval(() => {
                const last = window.seen.at(-1);
                if (last && /key|proofs/.test(last[0]) && !last[2]) window.beats += 1;
            }, 10);";
        browser.run(watch).await;
        browser.tick(true).await;
        let file = stored("us-bancorp-2022-12-31.plimsoll");
        browser.choose("files", &[("bank.plimsoll", &file)]).await;
        browser.wait("article.holds").await;
        let seen = browser.run("return window.seen").await;
        let seen = seen.as_array().unwrap();
        let steps: Vec<&str> = seen.iter().filter_map(|one| one[0].as_str()).collect();
        for step in [
            "building the key of plain exposures",
            "building the key of capital",
            "verifying 2 proofs",
        ] {
            assert!(steps.contains(&step), "no {step} in {steps:?}");
        }
        let early = seen.iter().filter(|one| one[2] == Value::Bool(false));
        assert!(early.count() >= 4, "{seen:?}");
        let bars: Vec<u64> = seen.iter().filter_map(|one| one[1].as_u64()).collect();
        assert!(bars.is_sorted() && bars.last() == Some(&1000), "{bars:?}");
        let beats = browser.run("return window.beats").await.as_u64().unwrap();
        assert!(beats > 0, "the page slept while the verifier worked");
        // Every step says how long it took; so does this test, for who wants to know.
        let times = "return [...document.querySelectorAll('#steps li')]
            .map((li) => [li.dataset.step, Number(li.dataset.ms)])";
        let times = browser.run(times).await;
        let times = times.as_array().unwrap();
        assert!(times.len() >= 6, "{times:?}");
        let mut whole = 0.0;
        for time in times {
            let ms = time[1].as_f64().unwrap();
            assert!(ms > 0.0, "{times:?}");
            println!("{ms:>7.0} ms  {}", time[0].as_str().unwrap());
            whole += ms;
        }
        println!("{whole:>7.0} ms  from the start of the worker to the verdict");
        let sum = browser
            .run("return document.getElementById('sum').textContent")
            .await;
        let sum = sum.as_str().unwrap();
        assert_eq!(sum, format!("checked here in {:.2} s", whole / 1000.0));
    });
}

#[test]
fn a_file_is_dropped_anywhere() {
    browse("dropped", async |browser| {
        let text = String::from_utf8(stored("us-bancorp-2022-12-31.plimsoll")).unwrap();
        let trust = fs::read_to_string(fixtures().join("trust/trust.toml")).unwrap();
        let drop = "
            const data = new DataTransfer();
            for (const [name, text] of arguments) data.items.add(new File([text], name));
            const event = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector('footer').dispatchEvent(event);
            return event.defaultPrevented";
        let (bank, trust) = (json!(["bank.plimsoll", text]), json!(["trust.toml", trust]));
        let dropped = async |files: Vec<Value>| {
            // A browser that is not told otherwise would leave the page and show the file.
            let kept = browser.client.execute(drop, files).await.unwrap();
            assert_eq!(kept, Value::Bool(true));
        };
        let beside = async || {
            let shown = "return document.getElementById('beside').innerText";
            let shown = browser.run(shown).await;
            shown.as_str().unwrap().to_owned()
        };
        // Whom its reader trusts is not for an attestation's sender to say.
        let both = vec![trust.clone(), bank.clone()];
        dropped(both.clone()).await;
        let words = browser.answer().await;
        let wanted = "trust.toml came together with an attestation";
        assert!(words.contains(wanted), "{words}");
        assert_eq!(beside().await, "");
        browser.forget().await;
        dropped(vec![trust]).await;
        assert!(beside().await.contains("trust.toml"));
        // Nor does another file of the name take its place.
        dropped(vec![json!(["trust.toml", "version = 1"])]).await;
        let words = browser.answer().await;
        assert!(words.contains("trust.toml is there already"), "{words}");
        browser.forget().await;
        dropped(vec![bank]).await;
        let words = browser.answer().await;
        assert!(words.contains("nobody signed this attestation"), "{words}");
        let beside = beside().await;
        assert!(
            beside.contains("trust.toml") && beside.contains("trust file"),
            "{beside}"
        );
        // What is refused while a question runs is not answered with that question's answer.
        browser.tick(true).await;
        dropped(both).await;
        let refused = browser.answer().await;
        assert!(refused.contains(wanted), "{refused}");
        browser.wait("progress[hidden]").await;
        assert_eq!(browser.answer().await, refused);
        assert!(browser.verdicts().await.is_empty());
    });
}
