//! What is read from where, what is refused, and in which words.

use std::collections::BTreeMap;

use super::{Configuration, LogFormat, Origin, Provider, Settings};

const SHIPPED: &str = include_str!("../../../Leptos.toml");

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Configuration, String> {
    let variables: BTreeMap<String, String> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Configuration::read("Leptos.toml", text, &variables).map_err(|error| error.to_string())
}

fn origin_of(configuration: &Configuration, key: &str) -> Origin {
    configuration.entries().into_iter().find(|(name, ..)| name == key).expect("a known key").2
}

#[test]
fn no_file_and_no_variables_give_the_defaults() {
    assert_eq!(read("", &[]).unwrap().settings, Settings::default());
}

#[test]
fn the_shipped_file_states_every_default() {
    let shipped = read(SHIPPED, &[]).unwrap();
    assert_eq!(shipped.settings, Settings::default());
    for (key, _, origin) in shipped.entries() {
        assert_eq!(origin, Origin::File("Leptos.toml".into()), "{key} is missing in Leptos.toml");
    }
}

#[test]
fn a_variable_beats_the_file_and_the_file_beats_the_default() {
    let configuration = read("[queue]\nworkers = 3\npoll_ms = 50", &[("LIVEGEN_QUEUE_WORKERS", "4")]).unwrap();
    assert_eq!(configuration.settings.queue.workers, 4);
    assert_eq!(configuration.settings.queue.poll_ms, 50);
    assert_eq!(origin_of(&configuration, "queue.workers"), Origin::Variable("LIVEGEN_QUEUE_WORKERS".into()));
    assert_eq!(origin_of(&configuration, "queue.poll_ms"), Origin::File("Leptos.toml".into()));
    assert_eq!(origin_of(&configuration, "queue.lease_seconds"), Origin::Default);
}

#[test]
fn variables_of_every_type_are_read() {
    let settings = read(
        "",
        &[
            ("LIVEGEN_SERVER_ADDR", "[::1]:0"),
            ("LIVEGEN_SERVER_ORIGINS", "https://a.example, http://b.example:8080"),
            ("LIVEGEN_SERVER_SECURE_COOKIES", "true"),
            ("LIVEGEN_LIMITS_LIVE_CONNECTIONS_PER_ACCOUNT", "7"),
            ("LIVEGEN_LOG_FORMAT", "json"),
            ("LIVEGEN_LOG_FILTER", "info,livegen::server::queue=debug"),
            ("LIVEGEN_CONFIG", "elsewhere.toml"),
            ("PATH", "/bin"),
        ],
    )
    .unwrap()
    .settings;
    assert_eq!(settings.server.addr.to_string(), "[::1]:0");
    assert_eq!(settings.server.origins, ["https://a.example", "http://b.example:8080"]);
    assert!(settings.server.secure_cookies);
    assert_eq!(settings.limits.live_connections_per_account, 7);
    assert_eq!(settings.log.format, LogFormat::Json);
}

#[test]
fn names_of_other_tools_serve_until_ours_is_there() {
    let others = [("DATABASE_URL", "sqlite://other.db"), ("LEPTOS_SITE_ADDR", "127.0.0.1:4000")];
    let configuration = read("[server]\naddr = \"127.0.0.1:5000\"", &others).unwrap();
    assert_eq!(configuration.settings.database.url, "sqlite://other.db");
    assert_eq!(configuration.settings.server.addr.port(), 4000);
    assert_eq!(origin_of(&configuration, "server.addr"), Origin::Variable("LEPTOS_SITE_ADDR".into()));

    let both = read("", &[others[0], ("LIVEGEN_DATABASE_URL", "sqlite://ours.db")]).unwrap();
    assert_eq!(both.settings.database.url, "sqlite://ours.db");
}

#[test]
fn redis_is_found_under_both_founding_names_and_never_refused() {
    let url = |variables: &[(&str, &str)]| read("", variables).unwrap().settings.redis.url;
    assert_eq!(url(&[]), "");
    assert_eq!(url(&[("REDIS_URI", "redis://uri")]), "redis://uri");
    assert_eq!(url(&[("REDIS_URI", "redis://uri"), ("REDIS_URL", "redis://url")]), "redis://url");
    assert_eq!(url(&[("REDIS_URL", "redis://url"), ("LIVEGEN_REDIS_URL", "redis://ours")]), "redis://ours");
    assert_eq!(url(&[("REDIS_URL", "nonsense")]), "nonsense", "a wrong one is told in the log and does not keep the server from starting");
    let secret = read("", &[("REDIS_URL", "redis://:hush@db:6379/0")]).unwrap();
    assert!(secret.entries().iter().all(|(_, value, _)| !value.contains("hush")));
    assert!(secret.entries().contains(&("redis.url".into(), "\"redis://:***@db:6379/0\"".into(), Origin::Variable("REDIS_URL".into()))));
}

#[test]
fn what_is_not_known_or_not_sensible_is_refused_by_name() {
    type Variables = &'static [(&'static str, &'static str)];
    #[rustfmt::skip]
    let cases: &[(&str, Variables, &[&str])] = &[
        ("[queue]\nwrokers = 2", &[], &["Leptos.toml", "line 2", "`wrokers`", "`workers`"]),
        ("[que]\nworkers = 2", &[], &["Leptos.toml", "line 1", "`que`", "`queue`"]),
        ("[queue]\nworkers = \"two\"", &[], &["line 2", "u32"]),
        ("[queue]\nworkers = -1", &[], &["line 2", "-1"]),
        ("[queue", &[], &["Leptos.toml", "line 1"]),
        ("queue = 5", &[], &["Leptos.toml", "line 1"]),
        ("[log]\nformat = \"xml\"", &[], &["`xml`", "`text`", "`json`"]),
        ("", &[("LIVEGEN_QUEUE_WROKERS", "2")], &["LIVEGEN_QUEUE_WROKERS"]),
        ("", &[("LIVEGEN_WORKERS", "2")], &["LIVEGEN_WORKERS"]),
        ("", &[("LIVEGEN_", "2")], &["LIVEGEN_ "]),
        ("", &[("LIVEGEN_QUEUE_WORKERS", "many")], &["queue.workers", "LIVEGEN_QUEUE_WORKERS", "`many`", "whole number"]),
        ("", &[("LIVEGEN_QUEUE_WORKERS", "-1")], &["queue.workers", "`-1`", "u32"]),
        ("", &[("LIVEGEN_QUEUE_WORKERS", "65")], &["queue.workers", "65", "0 to 64"]),
        ("", &[("LIVEGEN_SERVER_SECURE_COOKIES", "yes")], &["server.secure_cookies", "`yes`", "true or false"]),
        ("", &[("LEPTOS_SITE_ADDR", "localhost")], &["server.addr", "LEPTOS_SITE_ADDR", "`localhost`", "socket address"]),
        ("[queue]\nlease_seconds = 10", &[("LIVEGEN_QUEUE_HEARTBEAT_SECONDS", "5")], &["queue.heartbeat_seconds", "5", "half of queue.lease_seconds"]),
        ("[queue]\nhard_stop_seconds = 3", &[], &["queue.hard_stop_seconds", "Leptos.toml", "3", "soft_stop_seconds"]),
        ("[server]\norigins = [\"https://a.example/path\"]", &[], &["server.origins", "https://a.example/path", "without a path"]),
        ("[server]\norigins = [\"a.example\"]", &[], &["server.origins"]),
        ("", &[("DATABASE_URL", "mysql://me:hush@db/livegen")], &["database.url", "DATABASE_URL", "SQLite"]),
        ("[log]\nfilter = \"livegen=loud\"", &[], &["log.filter", "livegen=loud"]),
        ("[log]\nfilter = \"\"", &[], &["log.filter"]),
        ("[server]\npublic_url = \"livegen.example.org\"", &[], &["server.public_url", "without a path"]),
        ("[webhooks]\nretry_percent = 1001", &[], &["webhooks.retry_percent", "1000"]),
        ("[mail]\nfrom = \"a@b.example\"\nurl = \"https://mail.example\"", &[], &["mail.url", "smtps://"]),
        ("[mail]\nfrom = \"a@b.example\"\nurl = \"smtps://me:hush@mail.example\"", &[], &["mail.url", "SMTP_PASSWORD"]),
        ("[mail]\nfrom = \"a@b.example\"\nurl = \"smtp://me@mail.example?tls=perhaps\"", &[], &["mail.url", "tls=required"]),
        ("[mail]\nfrom = \"a@b.example\"\nurl = \"smtp://me@mail.example\"", &[], &["mail.url", "in the clear"]),
        ("[mail]\nurl = \"smtp://mail.example\"", &[], &["mail.from"]),
        (
            "[mail]\nfrom = \"a@b.example\"\nurl = \"smtp://mail.example\"\nca_file = \"ca.pem\"",
            &[],
            &["mail.ca_file", "ca.pem", "smtps://"],
        ),
        ("[limits]\nlive_connections = 10", &[], &["limits.live_connections_per_account", "200"]),
    ];
    for (text, variables, expected) in cases {
        let error = read(text, variables).expect_err(text);
        for words in *expected {
            assert!(error.contains(words), "{text:?} {variables:?}: {words:?} is missing in: {error}");
        }
        assert!(!error.contains("hush"), "{error}");
    }
}

#[test]
fn a_chain_of_models_is_read_from_file_and_variable() {
    let text = "[model]\nchain = [\"gemini/gemini-2.5-flash\", { provider = \"openai_compatible\", model = \"org/m:7b\", \
                base_url = \"http://gpu.lan:8000/v1\", key_variable = \"GPU_KEY\", timeout_seconds = 5, budget_tokens = 100, price_in = 0.5 }]";
    let configuration = read(text, &[("GPU_KEY", "hush"), ("GEMINI_API_KEY", "")]).unwrap();
    let [first, second] = &configuration.settings.model.chain[..] else { panic!("two entries") };
    assert_eq!((first.provider, first.model.as_str(), first.timeout_seconds), (Provider::Gemini, "gemini-2.5-flash", 60));
    assert_eq!(
        (second.provider, second.model.as_str(), second.budget_tokens, second.price_in),
        (Provider::OpenAiCompatible, "org/m:7b", 100, Some(0.5))
    );
    assert_eq!(configuration.models(), ["gemini/gemini-2.5-flash", "openai_compatible/org/m:7b"]);
    assert_eq!(configuration.keys().into_iter().filter(|(_, set)| *set).collect::<Vec<_>>(), [("GPU_KEY", true)]);

    let by_variable = read(text, &[("LIVEGEN_MODEL_CHAIN", "ollama/llama3.2, groq/openai/gpt-oss-20b")]).unwrap();
    assert_eq!(by_variable.models(), ["ollama/llama3.2", "groq/openai/gpt-oss-20b"]);
}

#[test]
fn a_key_alone_gives_the_usual_model_of_its_provider() {
    assert_eq!(read("", &[]).unwrap().models(), [""; 0]);
    let keys = [("GOOGLE_API_KEY", "a"), ("ANTHROPIC_API_KEY", "b")];
    assert_eq!(read("", &keys).unwrap().models(), ["gemini/gemini-2.5-flash", "anthropic/claude-haiku-4-5"]);
    assert_eq!(read("[model]\nfrom_keys = false", &keys).unwrap().models(), [""; 0]);
    assert_eq!(read("[model]\nchain = [\"groq/x\"]", &keys).unwrap().models(), ["groq/x"]);
}

#[test]
fn an_entry_of_the_chain_that_is_not_sensible_is_refused() {
    for (entry, expected) in [
        ("\"gpt\"", "\"provider/model\""),
        ("\"openia/gpt\"", "`openia`"),
        ("\"openai/\"", "in entry 2 a model"),
        ("\"gemini/../../x\"", "in entry 2 a model"),
        ("\"gemini/a b?c\"", "in entry 2 a model"),
        ("7", "\"provider/model\""),
        ("{ provider = \"openai\" }", "`model`"),
        ("{ provider = \"openai\", model = \"m\", modle = 1 }", "`modle`"),
        ("{ provider = \"openai\", model = \"m\", timeout_seconds = 0 }", "timeout_seconds of 1 to 600"),
        ("{ provider = \"openai\", model = \"m\", budget_tokens = 0 }", "budget_tokens of 1"),
        ("{ provider = \"openai\", model = \"m\", price_in = -1.0 }", "price_in"),
        ("{ provider = \"openai\", model = \"m\", price_out = nan }", "price_out"),
        ("{ provider = \"openai\", model = \"m\", api_key = \"hush\" }", "OPENAI_API_KEY"),
        ("{ provider = \"openai\", model = \"m\", key = \"hush\" }", "from the environment only"),
        ("{ provider = \"openai\", model = \"m\", key_variable = \"LIVEGEN_KEY\" }", "key_variable"),
        ("{ provider = \"openai\", model = \"m\", key_variable = \"sk-abc\" }", "key_variable"),
        ("{ provider = \"openai_compatible\", model = \"m\" }", "a base_url"),
        ("{ provider = \"openai\", model = \"m\", base_url = \"http://api.example/v1\" }", "https://"),
        ("{ provider = \"ollama\", model = \"m\", base_url = \"ftp://a\" }", "http:// or https://"),
        ("{ provider = \"ollama\", model = \"m\", base_url = \"http://me:hush@a\" }", "without user name"),
        ("{ provider = \"ollama\", model = \"m\", base_url = \"http://a/?key=hush\" }", "query"),
    ] {
        let error = read(&format!("[model]\nchain = [\"groq/fine\",\n{entry}]"), &[]).expect_err(entry);
        assert!(error.contains(expected) && !error.contains("hush"), "{entry}: {error}");
    }
    for entry in ["http://localhost:1234/v1", "http://127.0.0.1:1/v1", "http://[::1]:1", "https://api.example"] {
        let entry = format!("[model]\nchain = [{{ provider = \"openai\", model = \"m\", base_url = \"{entry}\" }}]");
        assert!(read(&entry, &[]).is_ok(), "{entry}");
    }
}

#[test]
fn keys_are_shown_by_nothing() {
    let names = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GROQ_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "SMTP_PASSWORD"];
    let configuration = read("", &names.map(|name| (name, "hush-hush"))).unwrap();
    assert_eq!(configuration.keys(), names.map(|name| (name, true)));
    let shown = format!("{configuration:?} {:?} {}", configuration.entries(), serde_json::to_string(&configuration.settings).unwrap());
    assert!(!shown.contains("hush"), "{shown}");
}

#[test]
fn passwords_are_masked_in_everything_shown() {
    let configuration = read("[database]\nurl = \"sqlite://me:hush@host/livegen\"", &[]).unwrap();
    assert_eq!(configuration.settings.database.url, "sqlite://me:hush@host/livegen");
    assert!(configuration.entries().contains(&(
        "database.url".into(),
        "\"sqlite://me:***@host/livegen\"".into(),
        Origin::File("Leptos.toml".into())
    )));
    assert!(!serde_json::to_string(&configuration.settings).unwrap().contains("hush"));
}
