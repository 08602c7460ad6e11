//! What must never be connected to, in every spelling and by every way.

use super::*;

/// Spellings of 127.0.0.1, `[::1]` and of other hosts that are not public; `url` makes plain literals of them.
const SPELLINGS: &[&str] = &[
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7F.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0177.0.1",
    "0x7f.1",
    "127.0.0.0x1",
    "127.255.255.254",
    "127.0x000001",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "127.0.0.1%2e",
    "0",
    "0.0.0.0",
    "00",
    "0x0",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::0.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::FFFF:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2a00:1450::5efe:127.0.0.1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[fec0::1]",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "10.0.0.1",
    "012.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "0xffffffff",
    // Names, as the fake resolver answers for them.
    "localhost",
    "LOCALHOST",
    "localhost.",
    "loopback.example",
    "loopback6.example",
    "mapped.example",
    "metadata.example",
    "zero.example",
    "intranet",
    "last-of-many.example",
    "first-of-many.example",
];

/// Addresses that are not even that: the client must not see them either.
const MALFORMED: &[&str] = &[
    "127.0.0.1.1",
    "127.0.0.256",
    "0x7g.1",
    "[::1",
    "[fe80::1%25eth0]",
    "[::1%25lo]",
    "user@127.0.0.1",
    "127.0.0.1:80@nobody.example",
    ":pw@127.0.0.1",
    "nobody.example%00@127.0.0.1",
    "127.0.0.1\\@nobody.example",
    "\\\\127.0.0.1",
    "nobody.example#@127.0.0.1",
    "[::ffff:127.0.0.1.]",
    "4294967296",
];

fn hostile_dns() -> Arc<FakeDns> {
    let dns = FakeDns::new()
        .with("localhost", &[&["127.0.0.1", "::1"]])
        .with("localhost.", &[&["127.0.0.1"]])
        .with("loopback.example", &[&["127.0.0.1"]])
        .with("loopback6.example", &[&["::1"]])
        .with("mapped.example", &[&["::ffff:127.0.0.1"]])
        .with("metadata.example", &[&["169.254.169.254"]])
        .with("zero.example", &[&["0.0.0.0"]])
        .with("intranet", &[&["10.0.0.7"]])
        .with("last-of-many.example", &[&["1.1.1.1", "8.8.8.8", "127.0.0.1"]])
        .with("first-of-many.example", &[&["127.0.0.1", "1.1.1.1"]]);
    Arc::new(dns)
}

#[tokio::test]
async fn no_spelling_of_a_blocked_host_is_connected_to() {
    let canary = Canary::spawn().await;
    let fetcher = fetcher(&hostile_dns());
    let mut cases = 0;
    for host in SPELLINGS.iter().chain(MALFORMED) {
        for scheme in ["http://", "https://", "HTTP://", "http:", "https:/", " \thttp://", "ht\ntp://"] {
            for tail in [
                "",
                "/",
                "/openapi.yaml",
                "/?url=http://public.example/",
                "/a/../b",
                "#x",
                "/%2e%2e/",
                "\\openapi.yaml",
                "/@public.example",
            ] {
                for padding in ["", "0"] {
                    let url = format!("{scheme}{host}:{padding}{}{tail}", canary.port);
                    let result = fetcher.fetch(&url).await;
                    if let Ok(fetched) = &result {
                        panic!("{url:?} fetched {fetched:?}");
                    }
                    sentence(result);
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} addresses");
    assert!(cases >= 5000);
    canary.assert_untouched().await;
}

#[tokio::test]
async fn no_redirect_leads_to_a_blocked_host() {
    let canary = Canary::spawn().await;
    let canary_port = canary.port;
    let port = serve_bytes(move |path| {
        let mut parts = path.split('/').skip(1).map(|part| part.parse::<usize>().unwrap());
        let (code, host, form) = (parts.next().unwrap(), SPELLINGS[parts.next().unwrap()], parts.next().unwrap());
        let location = match form {
            0 => format!("http://{host}:{canary_port}/"),
            1 => format!("https://{host}:{canary_port}/openapi.yaml"),
            _ => format!("//{host}:{canary_port}/"),
        };
        redirect(u16::try_from(code).unwrap(), &location)
    })
    .await;
    let fetcher = fetcher(&hostile_dns());
    for code in [301, 302, 303, 307, 308] {
        for (index, host) in SPELLINGS.iter().enumerate() {
            let sentence = sentence(fetcher.fetch(&format!("http://public.example:{port}/{code}/{index}/{}", index % 3)).await);
            assert!(
                sentence.contains("not fetched") || sentence.contains("does not fetch") || sentence.contains("was not found"),
                "{host}: {sentence}"
            );
        }
    }
    canary.assert_untouched().await;
}

#[tokio::test]
async fn other_schemes_credentials_and_odd_ports_are_refused_behind_redirects_too() {
    let locations = [
        ("file:///etc/passwd", "`file` is not supported"),
        ("ftp://public.example/", "`ftp` is not supported"),
        ("gopher://127.0.0.1:6379/_FLUSHALL", "`gopher` is not supported"),
        ("data:text/plain,hello", "`data` is not supported"),
        ("http://admin:secret@public.example/", "user name or password"),
        ("http://public.example:22/", "Port 22"),
        ("http://public.example:6379/", "Port 6379"),
        ("http://[::1", "somewhere unreadable"),
        ("http://169.254.169.254/latest/meta-data/", "metadata service"),
    ];
    let port = serve_bytes(move |path| redirect(302, locations[path[1..].parse::<usize>().unwrap()].0)).await;
    let fetcher = fetcher(&hostile_dns());
    for (index, (location, expected)) in locations.iter().enumerate() {
        let sentence = sentence(fetcher.fetch(&format!("http://public.example:{port}/{index}")).await);
        assert!(sentence.contains(expected), "{location}: {sentence}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let canary = Canary::spawn().await;
    let dns = Arc::new(
        FakeDns::new().with("rebind.example", &[&[PUBLIC], &["127.0.0.1"]]).with("late.example", &[&[PUBLIC], &[PUBLIC], &["127.0.0.1"]]),
    );
    let fetcher = fetcher(&dns);

    // Public when it is judged: the connection goes to the judged address, and nobody asks again in between.
    let port = serve_bytes(|_| ok("", "openapi: 3.1.0")).await;
    let document = fetcher.fetch(&format!("http://rebind.example:{port}/")).await.unwrap();
    assert_eq!((document.text.as_str(), dns.lookups.load(Ordering::SeqCst)), ("openapi: 3.1.0", 1));
    // Private by now: refused, however public it was before.
    let refusal = sentence(fetcher.fetch(&format!("http://rebind.example:{}/", canary.port)).await);
    assert!(refusal.contains("a loopback address") && refusal.contains("fetch.allow_private"), "{refusal}");

    // The same within one fetch, from one redirect to the next.
    let canary_port = canary.port;
    let port =
        serve_bytes(move |path| redirect(302, &if path == "/" { "/again".into() } else { format!("http://late.example:{canary_port}/") }))
            .await;
    let refusal = sentence(fetcher.fetch(&format!("http://late.example:{port}/")).await);
    assert!(refusal.contains("a loopback address"), "{refusal}");
    canary.assert_untouched().await;
}

#[tokio::test]
async fn this_server_is_not_fetched_by_any_name() {
    let canary = Canary::spawn().await;
    let own = vec![format!("0.0.0.0:{}", canary.port).parse().unwrap()];
    let dns: Arc<FakeDns> = Arc::new(FakeDns::new().with("me.example", &[&["127.0.0.1"]]));
    let settings = FetchSettings { allowed_hosts: vec!["me.example".into(), "127.0.0.1".into()], ..private_allowed() };
    let fetcher = Fetcher::with_resolver(&settings, own, dns).unwrap();
    for host in ["127.0.0.1", "127.0.0.9", "[::1]", "me.example"] {
        let refusal = sentence(fetcher.fetch(&format!("http://{host}:{}/", canary.port)).await);
        assert!(refusal.contains("leads back to this server"), "{host}: {refusal}");
    }
    canary.assert_untouched().await;
}

#[tokio::test]
async fn a_refusal_tells_no_internal_address() {
    let dns = Arc::new(FakeDns::new().with("intranet.example", &[&["10.11.12.13"]]));
    let refusal = sentence(fetcher(&dns).fetch("http://intranet.example/").await);
    assert!(refusal.contains("`intranet.example` is a private address") && !refusal.contains("10.11"), "{refusal}");
}
