//! What must work: the guard is no use if it keeps the public Internet out.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::*;
use crate::server::fetch::{MAX_REDIRECTS, address};

const DOCUMENT: &str = "openapi: 3.1.0\ninfo: {title: Zoë, version: '1'}\n";

#[tokio::test]
async fn two_hundred_public_hosts_are_fetched() {
    let port = serve_bytes(|_| ok("content-type: application/yaml\r\n", DOCUMENT)).await;
    let mut runner = TestRunner::deterministic();
    let mut fetched = 0;
    while fetched < 200 {
        let bits = any::<u128>().new_tree(&mut runner).unwrap().current();
        // Every other one an IPv6 address under 2a00::/12, as registries hand them out.
        let ip = if fetched % 2 == 0 {
            IpAddr::V4(u32::try_from(bits >> 96).unwrap().into())
        } else {
            IpAddr::V6((bits >> 12 | 0x2a0 << 116).into())
        };
        if address::reach(ip) != address::Reach::Global {
            continue;
        }
        let dns = Arc::new(FakeDns::new().with("host.example", &[&[&ip.to_string(), "8.8.8.8"]]));
        let answer = fetcher(&dns).fetch(&format!("http://host.example:{port}/v{fetched}/openapi.yaml?a=b#c")).await;
        let expected = Fetched {
            text: DOCUMENT.into(),
            name: "openapi.yaml".into(),
            final_url: format!("http://host.example:{port}/v{fetched}/openapi.yaml?a=b"),
        };
        assert_eq!(answer, Ok(expected), "{ip}");
        fetched += 1;
    }
}

#[tokio::test]
async fn a_loopback_server_is_fetched_when_the_settings_say_so() {
    let port = serve_bytes(|_| ok("", DOCUMENT)).await;
    let dns = Arc::new(FakeDns::new().with("localhost", &[&["127.0.0.1"]]).with("api.corp", &[&["127.0.0.1"]]));
    let by_setting = fetcher_with(&dns, &private_allowed());
    let listed = ["localhost", "127.0.0.1", &format!("api.corp:{port}")].map(ToOwned::to_owned).to_vec();
    let by_list = fetcher_with(&dns, &FetchSettings { allowed_hosts: listed, ..FetchSettings::default() });
    for fetcher in [by_setting, by_list] {
        for host in ["127.0.0.1", "localhost", "LocalHost", "api.corp", "127.1", "0x7f000001", "2130706433"] {
            let document = fetcher.fetch(&format!("http://{host}:{port}/")).await;
            assert_eq!(document.map(|document| document.text), Ok(DOCUMENT.to_owned()), "{host}");
        }
    }
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let port = serve_bytes(|path| match path.trim_start_matches("/hop").parse::<u16>() {
        Ok(0) => ok("", DOCUMENT),
        Ok(left) => redirect([301, 302, 303, 307, 308][usize::from(left) % 5], &format!("hop{}", left - 1)),
        Err(_) => redirect(302, "/loop"),
    })
    .await;
    let fetcher = fetcher(&Arc::new(FakeDns::new()));
    for hops in 0..=MAX_REDIRECTS {
        let document = fetcher.fetch(&format!("http://public.example:{port}/hop{hops}")).await.unwrap();
        assert_eq!((document.text.as_str(), document.name.as_str()), (DOCUMENT, "hop0"));
    }
    for path in ["hop4", "loop"] {
        let refusal = sentence(fetcher.fetch(&format!("http://public.example:{port}/{path}")).await);
        assert!(refusal.contains("redirected more than 3 times"), "{refusal}");
    }
}

#[tokio::test]
async fn requests_carry_nothing_of_ours() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let port = serve(move |head, mut stream| {
        let answer = if head.starts_with("GET /start?key=secret ") {
            b"HTTP/1.1 302 Found\r\nset-cookie: a=b\r\nlocation: /end\r\ncontent-length: 0\r\n\r\n".to_vec()
        } else {
            ok("", DOCUMENT)
        };
        seen.lock().unwrap().push(head.to_ascii_lowercase());
        async move { stream.write_all(&answer).await }
    })
    .await;
    fetcher(&Arc::new(FakeDns::new())).fetch(&format!("http://public.example:{port}/start?key=secret")).await.unwrap();
    let heads = heads.lock().unwrap();
    assert_eq!(heads.len(), 2);
    for head in heads.iter() {
        assert!(head.contains(&format!("host: public.example:{port}\r\n")), "{head}");
        for name in ["cookie", "referer", "authorization", "origin", "x-forwarded-for"] {
            assert!(!head.contains(&format!("\r\n{name}:")), "{head}");
        }
    }
    assert!(!heads[1].contains("secret"));
}

#[tokio::test]
async fn https_goes_to_the_judged_address_under_the_given_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let hello = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        bytes.truncate(count);
        bytes
    });
    let refusal = sentence(fetcher(&Arc::new(FakeDns::new())).fetch(&format!("https://public.example:{port}/")).await);
    assert!(refusal.starts_with("Could not connect to `public.example`"), "{refusal}");
    let hello = hello.await.unwrap();
    assert_eq!(hello[0], 0x16, "a TLS handshake");
    assert!(hello.windows(14).any(|window| window == b"public.example"), "its server name");
}

#[tokio::test]
async fn compressed_documents_are_unpacked_and_marks_dropped() {
    const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x2f\x48\xcd\x4b\x2c\xc8\xb4\x52\x30\xd6\x33\xd4\x33\xe0\x02\x00\x94\xa2\x1e\x0c\x0f\x00\x00\x00";
    const BROTLI: &[u8] = b"\x0b\x07\x80openapi: 3.1.0\n\x03";
    let port = serve_bytes(|path| match path {
        "/gzip" => ok("content-encoding: gzip\r\n", GZIP),
        "/br" => ok("content-encoding: br\r\n", BROTLI),
        "/bom" => ok("content-type: text/plain; charset=utf-8\r\n", b"\xef\xbb\xbfopenapi: 3.1.0\n"),
        "/mislabelled" => ok("content-type: text/html; charset=iso-8859-1\r\n", "openapi: 3.1.0\n"),
        _ => b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\nopenapi:\r\n7\r\n 3.1.0\n\r\n0\r\n\r\n".to_vec(),
    })
    .await;
    let fetcher = fetcher(&Arc::new(FakeDns::new()));
    for path in ["gzip", "br", "bom", "mislabelled", "chunked"] {
        let document = fetcher.fetch(&format!("http://public.example:{port}/{path}")).await;
        assert_eq!(document.map(|document| document.text), Ok("openapi: 3.1.0\n".to_owned()), "{path}");
    }
}
