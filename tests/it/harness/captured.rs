//! What is logged, at its most talkative, while a test runs: to be searched for what must not be in it.
//!
//! Of this thread only: a test that runs on one (as `#[tokio::test]` does) has all of its server's log.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::fmt::MakeWriter;

/// Captures until it is dropped.
pub struct Captured {
    log: Log,
    _guard: DefaultGuard,
    /// With one subscriber alone, what another thread (without any) logs first is switched off for all of them.
    _second: Dispatch,
}

impl Captured {
    pub fn begin() -> Self {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(log.clone()).finish();
        let second = Dispatch::new(tracing_subscriber::registry());
        Self { log, _guard: tracing::subscriber::set_default(subscriber), _second: second }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap()
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
