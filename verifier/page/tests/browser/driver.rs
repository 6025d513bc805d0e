//! A browser for one test: its own driver, its own profile, both gone afterwards.

use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

use crate::page;

/// Long enough for a machine that does ten other things.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often the page is looked at while it works.
const LOOK: Duration = Duration::from_millis(20);

/// One browser at a time: each of them keeps a processor busy.
static TURN: Mutex<()> = Mutex::new(());

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let all = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.into_iter().find(|file| file.is_file())
}

/// The driver's process; it ends with the test, however that ends.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start(program: &Path) -> Driver {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        Driver {
            process,
            port: port.unwrap(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command of Chromium's driver that is not in the standard.
#[derive(Debug)]
struct Own(&'static str, Value);

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

/// A browser in which the page is open.
pub(crate) struct Browser {
    pub(crate) client: Client,
    /// Where files for the page are put.
    pub(crate) desk: TempDir,
}

/// Opens the page and does something with it.
pub(crate) fn browse<F, T>(name: &str, go: F)
where
    F: FnOnce(Browser) -> T,
    T: Future<Output = ()>,
{
    let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"]);
    let (Some(chromium), Some(driver)) = (chromium, on_path(&["chromedriver"])) else {
        println!("skipped: {name}: chromium or chromedriver is not installed");
        return;
    };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let page = Url::from_file_path(page()).unwrap();
    let driver = Driver::start(&driver);
    let desk = tempfile::tempdir().unwrap();
    let profile = tempfile::tempdir().unwrap();
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        &format!("--user-data-dir={}", profile.path().display()),
    ];
    let capabilities = json!({
        "goog:chromeOptions": { "binary": chromium, "args": arguments },
        "goog:loggingPrefs": { "performance": "ALL" },
    });
    let capabilities: Map<String, Value> = serde_json::from_value(capabilities).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = runtime.block_on(async {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap()
    });
    let browser = Browser {
        client: client.clone(),
        desk,
    };
    // A test that fails closes its browser as well: the driver alone would leave it behind.
    let done = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            browser.client.goto(page.as_str()).await.unwrap();
            go(browser).await;
        });
    }));
    let closed = runtime.block_on(client.close());
    match done {
        Ok(()) => closed.unwrap(),
        Err(failure) => resume_unwind(failure),
    }
}

impl Browser {
    /// Runs a function body in the page.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn chromium(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.client
            .issue_cmd(Own("goog/cdp/execute", body))
            .await
            .unwrap()
    }

    /// Light or dark, as a reader prefers.
    pub(crate) async fn scheme(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.chromium(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Addresses that the page asked for; a new window asks for some of its own before it.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let log = Own("se/log", json!({ "type": "performance" }));
        let log = self.client.issue_cmd(log).await.unwrap();
        let entries = log.as_array().unwrap().iter();
        let messages = entries.map(|entry| {
            let text = entry["message"].as_str().unwrap();
            serde_json::from_str::<Value>(text).unwrap()["message"].clone()
        });
        messages
            .filter(|message| message["method"] == "Network.requestWillBeSent")
            .filter(|message| {
                let by = message["params"]["documentURL"].as_str().unwrap();
                !by.starts_with("chrome:")
            })
            .map(|message| {
                message["params"]["request"]["url"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    /// Puts a file on the desk, in a folder of its own: the page may still read another of its name.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> String {
        let folder = tempfile::tempdir_in(self.desk.path()).unwrap().keep();
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// Removes what was added beside attestations: one file, by its button.
    pub(crate) async fn remove(&self, name: &str) {
        let button = format!("[aria-label=\"Remove {name}\"]");
        let button = self.client.find(Locator::Css(&button)).await.unwrap();
        button.click().await.unwrap();
    }

    /// Chooses files for an input, as a reader does.
    pub(crate) async fn choose(&self, input: &str, files: &[(&str, &[u8])]) {
        let paths: Vec<String> = files
            .iter()
            .map(|(name, bytes)| self.put(name, bytes))
            .collect();
        let input = self.client.find(Locator::Id(input)).await.unwrap();
        input.send_keys(&paths.join("\n")).await.unwrap();
    }

    /// Ticks or unticks, with the keyboard's space.
    pub(crate) async fn tick(&self, ticked: bool) {
        let tick = self.client.find(Locator::Id("unsigned")).await.unwrap();
        if tick.is_selected().await.unwrap() != ticked {
            tick.send_keys(" ").await.unwrap();
        }
    }

    /// Waits for what a selector finds.
    pub(crate) async fn wait(&self, selector: &str) {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK);
        if wait.for_element(Locator::Css(selector)).await.is_err() {
            let seen = self.run("return document.body.innerText").await;
            panic!("no `{selector}` in {seen:#}");
        }
    }

    /// Waits until the question is answered, and returns the article's words.
    pub(crate) async fn answer(&self) -> String {
        self.wait("article").await;
        let words = "return document.getElementById('verdicts').innerText";
        self.run(words).await.as_str().unwrap().to_owned()
    }

    /// Forgets the answer, so that the next one can be waited for.
    pub(crate) async fn forget(&self) {
        self.run("document.getElementById('verdicts').replaceChildren()")
            .await;
    }

    /// The verdicts for machines.
    pub(crate) async fn verdicts(&self) -> Vec<Value> {
        self.wait("article").await;
        let all = "return [...document.querySelectorAll('article pre')].map((p) => p.textContent)";
        let all = self.run(all).await;
        let texts = all.as_array().unwrap().iter();
        texts
            .map(|text| serde_json::from_str(text.as_str().unwrap()).unwrap())
            .collect()
    }
}
