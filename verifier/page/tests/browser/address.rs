//! An address that the reader types is asked, once, and no other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fantoccini::Locator;
use plimsoll_circuits::document::MAX_BYTES;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::driver::{Browser, browse};
use crate::stored;

/// A server with one file, of which it tells how often it was asked.
struct Server {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Server {
    async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream));
            }
        });
        Server { port, asked }
    }

    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

async fn answer(mut stream: TcpStream) {
    let mut request = vec![0; 4096];
    let length = stream.read(&mut request).await.unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let open = "Access-Control-Allow-Origin: *\r\n";
    let (status, headers, length) = match path {
        "/open/bank.plimsoll" => ("200 OK", open, None),
        "/closed/bank.plimsoll" => ("200 OK", "", None),
        "/large.plimsoll" => ("200 OK", open, Some(MAX_BYTES + 1)),
        "/moved.plimsoll" => (
            "302 Found",
            "Access-Control-Allow-Origin: *\r\nLocation: /open/bank.plimsoll\r\n",
            Some(0),
        ),
        _ => ("404 Not Found", open, Some(0)),
    };
    let file = stored("us-bancorp-2022-12-31.plimsoll");
    let total = length.unwrap_or(file.len());
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {total}\r\n{headers}\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let zeros = vec![0; 1 << 16];
    let mut left = length.unwrap_or(0);
    if length.is_none() {
        let _ = stream.write_all(&file).await;
    }
    while left > 0 {
        let part = left.min(zeros.len());
        if stream.write_all(&zeros[..part]).await.is_err() {
            return;
        }
        left -= part;
    }
    let _ = stream.shutdown().await;
}

async fn ask(browser: &Browser, address: &str) -> String {
    browser.forget().await;
    browser
        .run("document.getElementById('elsewhere').open = true")
        .await;
    let field = browser.client.find(Locator::Id("address")).await.unwrap();
    field.clear().await.unwrap();
    field
        .send_keys(&format!("{address}\u{e007}"))
        .await
        .unwrap();
    browser.answer().await
}

#[test]
fn an_address_is_asked_once_and_its_file_is_checked() {
    browse("address", async |browser| {
        let server = Server::start().await;
        browser.tick(true).await;
        browser.wait("#pins code").await;
        browser.wait("#work li.done:nth-child(2)").await;
        let words = ask(&browser, &server.address("open/bank.plimsoll")).await;
        assert!(
            words.contains("✓ holds") && words.contains("bank.plimsoll"),
            "{words}"
        );
        assert_eq!(server.asked.load(Ordering::SeqCst), 1);
        for (path, why) in [
            ("closed/bank.plimsoll", "CORS"),
            ("moved.plimsoll", "points elsewhere"),
            ("absent.plimsoll", "it answers 404"),
            ("large.plimsoll", "larger than any attestation"),
        ] {
            let before = server.asked.load(Ordering::SeqCst);
            let words = ask(&browser, &server.address(path)).await;
            assert!(
                words.contains("Nothing was checked") && words.contains(why),
                "{words}"
            );
            assert!(words.contains("download the file"), "{words}");
            assert_eq!(server.asked.load(Ordering::SeqCst), before + 1, "{path}");
        }
        for (address, why) in [
            ("file:///etc/hostname", "begins with http"),
            ("javascript:alert(1)", "begins with http"),
            ("http://", "not an address"),
        ] {
            let words = ask(&browser, address).await;
            assert!(
                words.contains("Nothing was checked") && words.contains(why),
                "{words}"
            );
        }
    });
}
