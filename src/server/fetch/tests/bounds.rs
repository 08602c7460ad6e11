//! Servers that send too much, too slowly, or nonsense.

use std::time::Duration;

use super::*;
use crate::server::fetch::MAX_AT_ONCE;

fn impatient() -> FetchSettings {
    FetchSettings { timeout_ms: 300, ..FetchSettings::default() }
}

/// Writes `start`, then `unit` over and over, `limit` bytes at most; counts what the peer took.
async fn serve_endlessly(start: Vec<u8>, unit: Vec<u8>, limit: usize) -> (u16, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let unit = Arc::new(unit.repeat(65_536 / unit.len()));
    let port = serve(move |_, mut stream| {
        let (start, unit, count) = (start.clone(), Arc::clone(&unit), Arc::clone(&count));
        async move {
            stream.write_all(&start).await?;
            while count.load(Ordering::SeqCst) < limit {
                stream.write_all(&unit).await?;
                count.fetch_add(unit.len(), Ordering::SeqCst);
            }
            Ok(())
        }
    })
    .await;
    (port, sent)
}

/// What the peer's and our socket buffers may hold beyond what was read.
const SOCKET_BYTES: usize = 8 * 1024 * 1024;

#[tokio::test]
async fn ten_gigabytes_of_zeros_in_gzip_stop_at_the_limit() {
    // DEFLATE by hand: one block of fixed codes, a literal 0, then "258 bytes from 1 back" for ever: 13 bits each, so that
    // after the first the pattern repeats every 13 bytes (8 copies, 2,064 zeros).
    let mut bits: Vec<bool> = vec![false, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    let copy = [true, true, false, false, false, true, false, true, false, false, false, false, false];
    bits.extend(copy);
    let to_bytes = |bits: &[bool]| -> Vec<u8> {
        bits.chunks(8).map(|byte| byte.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum()).collect()
    };
    let mut start = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".to_vec();
    start.extend(to_bytes(&bits));
    let (port, sent) = serve_endlessly(start, to_bytes(&copy.repeat(8)), 10_000_000_000 / 2064 * 13).await;

    let refusal = sentence(fetcher(&Arc::new(FakeDns::new())).fetch(&format!("http://public.example:{port}/")).await);
    assert_eq!(refusal, "The document at `public.example` is larger than 16 MiB.");
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent < SOCKET_BYTES, "{sent} bytes of 63 MB were taken");
}

#[tokio::test]
async fn a_brotli_bomb_stops_at_the_limit() {
    // 64 MiB of zeros.
    const BOMB: &[u8] = b"\xcf\xff\xff\x7f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x9f\xff\xff\xff\xf0\x4f\x00\xc4\x61\x01\x80\xee\xfd\x3f\xff\xff\xff\xe1\x9f\x00\x88\xc3\x22\x00\xdd\xfb\xff\xfc\xff\xff\xc7\x3f\x01\x10\x87\x05\x00\xba\xf7\xff";
    let port = serve_bytes(|_| ok("content-encoding: br\r\n", BOMB)).await;
    let refusal = sentence(fetcher(&Arc::new(FakeDns::new())).fetch(&format!("http://public.example:{port}/")).await);
    assert_eq!(refusal, "The document at `public.example` is larger than 16 MiB.");
}

#[tokio::test]
async fn an_endless_plain_body_stops_at_the_limit() {
    let settings = FetchSettings { max_bytes: 100_000, ..FetchSettings::default() };
    let (port, sent) = serve_endlessly(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b"a: b\n".to_vec(), usize::MAX).await;
    let fetcher = fetcher_with(&Arc::new(FakeDns::new()), &settings);
    let refusal = sentence(fetcher.fetch(&format!("http://public.example:{port}/")).await);
    assert_eq!(refusal, "The document at `public.example` is larger than 100000 bytes.");
    assert!(sent.load(Ordering::SeqCst) < SOCKET_BYTES);
}

#[tokio::test]
async fn the_limit_is_exact() {
    let port = serve_bytes(|path| {
        let size = path[1..].split('/').next_back().unwrap().parse().unwrap();
        let body = "a".repeat(size);
        if path.starts_with("/stated") { ok("", body) } else { format!("HTTP/1.0 200 OK\r\n\r\n{body}").into_bytes() }
    })
    .await;
    let fetcher = fetcher_with(&Arc::new(FakeDns::new()), &FetchSettings { max_bytes: 50_000, ..FetchSettings::default() });
    for form in ["stated", "unstated"] {
        let document = fetcher.fetch(&format!("http://public.example:{port}/{form}/50000")).await.unwrap();
        assert_eq!(document.text.len(), 50_000);
        let refusal = sentence(fetcher.fetch(&format!("http://public.example:{port}/{form}/50001")).await);
        assert!(refusal.contains("larger than 50000 bytes"), "{refusal}");
    }
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    for start in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 302 Found\r\nlocation: /"] {
        let unit: &[u8] = if start.ends_with('\n') { b"x: y\r\n" } else { b"yyyyyyyy" };
        let (port, sent) = serve_endlessly(start.into(), unit.to_vec(), usize::MAX).await;
        let refusal = sentence(fetcher(&Arc::new(FakeDns::new())).fetch(&format!("http://public.example:{port}/")).await);
        assert!(refusal.contains("does not answer in HTTP"), "{refusal}");
        assert!(sent.load(Ordering::SeqCst) < SOCKET_BYTES);
    }
}

#[tokio::test]
async fn slowness_ends_at_the_deadline() {
    for start in ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nopenapi:"] {
        let port = serve(move |_, mut stream| async move {
            stream.write_all(start.as_bytes()).await?;
            loop {
                // A byte now and then keeps any idle time-out from noticing.
                tokio::time::sleep(Duration::from_millis(20)).await;
                stream.write_all(b" ").await?;
            }
        })
        .await;
        let fetcher = fetcher_with(&Arc::new(FakeDns::new()), &impatient());
        let refusal = sentence(fetcher.fetch(&format!("http://public.example:{port}/")).await);
        assert_eq!(refusal, "`public.example` did not deliver the document within 0.3 seconds.");
    }
}

#[tokio::test]
async fn more_at_once_than_there_are_turns_wait_or_are_sent_away() {
    let port = serve(|_, stream| async move {
        tokio::time::sleep(Duration::from_mins(1)).await;
        drop(stream);
        Ok(())
    })
    .await;
    let fetcher = fetcher_with(&Arc::new(FakeDns::new()), &impatient());
    let url = format!("http://public.example:{port}/");
    let results = futures::future::join_all((0..MAX_AT_ONCE + 3).map(|_| fetcher.fetch(&url))).await;
    let statuses: Vec<u16> = results.into_iter().map(|result| result.unwrap_err().status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), MAX_AT_ONCE, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 503).count(), 3, "{statuses:?}");
    // And the turns come back.
    let port = serve_bytes(|_| ok("", "openapi: 3.1.0")).await;
    assert!(fetcher.fetch(&format!("http://public.example:{port}/")).await.is_ok());
}

#[tokio::test]
async fn answers_that_are_no_description_are_told_apart() {
    let port = serve_bytes(|path| match path {
        "/latin1" => ok("content-type: application/yaml; charset=ISO-8859-1\r\n", b"title: Zo\xeb"),
        "/utf16" => ok("", b"\xff\xfea\x00"),
        "/nested" => ok("content-encoding: gzip, gzip\r\n", b"\x1f\x8b\x08\x00"),
        "/torn" => ok("content-encoding: gzip\r\n", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff"),
        "/empty" => ok("", " \n"),
        "/page" => ok("content-type: text/html\r\n", "\n<!doctype html>"),
        "/short" => b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nopenapi".to_vec(),
        "/nowhere" => b"HTTP/1.1 302 Found\r\n\r\n".to_vec(),
        "/banner" => b"220 smtp.example ESMTP\r\n".to_vec(),
        "/gone" => Vec::new(),
        status => format!("HTTP/1.1 {} X\r\ncontent-length: 0\r\n\r\n", &status[1..]).into_bytes(),
    })
    .await;
    let fetcher = fetcher(&Arc::new(FakeDns::new()));
    for (path, expected) in [
        ("latin1", "is not text in UTF-8 (the server says `iso-8859-1`)."),
        ("utf16", "is not text in UTF-8."),
        ("nested", "is not text in UTF-8"),
        ("torn", "its compressed answer is damaged"),
        ("empty", "is empty"),
        ("page", "a web page"),
        ("short", "closed early"),
        ("nowhere", "redirected to somewhere unreadable"),
        ("banner", "does not answer in HTTP"),
        ("gone", "broke off"),
        ("304", "status 304"),
        ("401", "it wants credentials"),
        ("404", "there is no such document"),
        ("503", "the trouble is on its side"),
    ] {
        let refusal = sentence(fetcher.fetch(&format!("http://public.example:{port}/{path}")).await);
        assert!(refusal.contains(expected) && refusal.contains("`public.example`"), "{path}: {refusal}");
    }
}

#[tokio::test]
async fn hosts_that_are_not_there_are_told_apart() {
    let fetcher = fetcher(&Arc::new(FakeDns::new().with("silent.example", &[&[]])));
    for host in ["nowhere.example", "silent.example"] {
        let refusal = sentence(fetcher.fetch(&format!("http://{host}/")).await);
        assert_eq!(refusal, format!("The host `{host}` was not found. Is the address spelled right?"));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refusal = sentence(fetcher.fetch(&format!("http://public.example:{port}/")).await);
    assert_eq!(refusal, "Could not connect to `public.example`: the connection was refused.");
}
