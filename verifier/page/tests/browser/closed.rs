//! Nothing is loaded, nothing is sent; and the page could not if it wanted to.

use std::fs;

use serde_json::{Value, json};
use url::Url;

use crate::driver::browse;
use crate::{page, stored};

#[test]
fn nothing_is_asked_for_but_the_file_itself() {
    browse("no request", async |browser| {
        let file = stored("us-bancorp-2022-12-31.plimsoll");
        browser.tick(true).await;
        browser.choose("files", &[("bank.plimsoll", &file)]).await;
        assert!(browser.answer().await.contains("✓ holds"));
        let entries = "return performance.getEntriesByType('resource').map((e) => e.name)";
        let entries = browser.run(entries).await;
        let requests = browser.requests().await;
        let page = requests
            .iter()
            .filter(|url| url.starts_with("file:"))
            .count();
        assert_eq!(page, 1, "{requests:?}");
        let listed = entries
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap());
        for url in listed.chain(requests.iter().map(String::as_str)) {
            // The worker's script is in the page.
            let own = ["file:", "blob:"]
                .iter()
                .any(|scheme| url.starts_with(scheme));
            assert!(own, "{url}");
        }
    });
}

#[test]
fn the_policy_refuses_what_is_not_the_pages_own() {
    browse("policy", async |browser| {
        let script = "
            const told = [];
            document.addEventListener('securitypolicyviolation', (event) => {
                told.push(event.effectiveDirective);
            });
            const add = (tag, set) => {
                const element = document.createElement(tag);
                Object.assign(element, set);
                document.body.append(element);
            };
            add('img', { src: 'http://127.0.0.1:9/image' });
            add('script', { src: 'http://127.0.0.1:9/script' });
            add('script', { textContent: 'window.ran = true' });
            add('link', { rel: 'stylesheet', href: 'http://127.0.0.1:9/style' });
            add('style', { textContent: 'body { display: none }' });
            add('iframe', { src: 'http://127.0.0.1:9/frame' });
            const done = arguments[0];
            setTimeout(() => done([...new Set(told)].sort().concat(String(window.ran))), 1000);
        ";
        let told = browser
            .client
            .execute_async(script, Vec::new())
            .await
            .unwrap();
        let expected: Value = json!([
            "frame-src",
            "img-src",
            "script-src-elem",
            "style-src-elem",
            "undefined"
        ]);
        assert_eq!(told, expected);
    });
}

#[test]
fn the_page_states_its_version_and_the_digests_that_it_pins() {
    browse("pins", async |browser| {
        browser.wait("#pins code").await;
        let pins = "return [...document.querySelectorAll('#pins > div')].map((row) =>
            [row.querySelector('dt').textContent, row.querySelector('dd').textContent])";
        let pins = browser.run(pins).await;
        let expected = plimsoll_page::about::about();
        let expected = expected["pins"].as_array().unwrap().iter().map(|pin| {
            let (what, name) = (pin["what"].as_str().unwrap(), pin["name"].as_str().unwrap());
            json!([format!("{what} · {name}"), pin["digest"]])
        });
        let expected: Vec<Value> = expected.collect();
        assert_eq!(pins, json!(expected));
        // Parameters, six circuits, rulebooks, snapshots: each with its digest.
        assert!(expected.len() >= 10, "{}", expected.len());
        for pin in &expected {
            assert_eq!(pin[1].as_str().map(str::len), Some(64), "{pin}");
        }
        let summary = "return document.querySelector('#about summary').textContent";
        let summary = browser.run(summary).await;
        assert!(
            summary
                .as_str()
                .unwrap()
                .contains(env!("CARGO_PKG_VERSION"))
        );
    });
}

#[test]
fn a_page_with_other_parameters_says_so_and_checks_nothing() {
    browse("other parameters", async |browser| {
        let whole = fs::read_to_string(page()).unwrap();
        let start = whole.find("id=\"params\">").unwrap() + 500_000;
        let (before, from) = whole.split_at(start);
        let other = if from.starts_with('A') { "B" } else { "A" };
        let altered = format!("{before}{other}{}", &from[1..]);
        let path = browser.put("altered.html", altered.as_bytes());
        let address = Url::from_file_path(path).unwrap();
        browser.client.goto(address.as_str()).await.unwrap();
        let words = browser.answer().await;
        assert!(words.contains("the digest differs"), "{words}");
        // And it goes on saying so.
        browser.forget().await;
        let file = stored("us-bancorp-2022-12-31.plimsoll");
        browser.choose("files", &[("bank.plimsoll", &file)]).await;
        let words = browser.answer().await;
        assert!(words.contains("Nothing was checked"), "{words}");
        assert!(browser.verdicts().await.is_empty());
    });
}
