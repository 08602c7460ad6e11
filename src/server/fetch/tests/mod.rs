//! The fetcher over real sockets: a loopback server that stands in for the public Internet, a resolver that says what a test
//! wants, and canaries that count who connects to them.

mod allowed;
mod blocked;
mod bounds;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{FetchSettings, Fetched, Fetcher, Resolve};
use crate::protocol::Problem;

/// A public address that the stand-in server has.
const PUBLIC: &str = "93.184.216.34";

/// What a name resolves to, answer after answer; the last one stays. Connections to public addresses go to 127.0.0.1.
#[derive(Default)]
struct FakeDns {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    lookups: AtomicUsize,
}

impl FakeDns {
    /// `public.example` is public; more names by [`FakeDns::with`].
    fn new() -> Self {
        Self::default().with("public.example", &[&[PUBLIC]])
    }

    fn with(self, name: &str, answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|answer| answer.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        self.answers.lock().unwrap().insert(name.into(), answers);
        self
    }
}

#[async_trait]
impl Resolve for FakeDns {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answers = answers.get_mut(host).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }

    fn stand_in(&self, judged: SocketAddr) -> SocketAddr {
        let public = super::address::reach(judged.ip()) == super::address::Reach::Global;
        if public { (Ipv4Addr::LOCALHOST, judged.port()).into() } else { judged }
    }
}

fn fetcher(dns: &Arc<FakeDns>) -> Fetcher {
    fetcher_with(dns, &FetchSettings::default())
}

fn fetcher_with(dns: &Arc<FakeDns>, settings: &FetchSettings) -> Fetcher {
    Fetcher::with_resolver(settings, Vec::new(), Arc::clone(dns) as _).unwrap()
}

fn private_allowed() -> FetchSettings {
    FetchSettings { allow_private: true, ..FetchSettings::default() }
}

/// Serves every connection with `answer(request head, stream)`.
async fn serve<F, A>(answer: F) -> u16
where
    F: Fn(String, TcpStream) -> A + Send + Sync + 'static,
    A: Future<Output = io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") && head.len() < 65_536 {
                    head.push(stream.read_u8().await?);
                }
                answer(String::from_utf8_lossy(&head).into_owned(), stream).await
            });
        }
    });
    port
}

/// As [`serve`], with a whole answer computed from the request's path.
async fn serve_bytes(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> u16 {
    let answer = Arc::new(answer);
    serve(move |head, mut stream| {
        let bytes = answer(head.split(' ').nth(1).unwrap_or_default());
        async move {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
    })
    .await
}

fn ok(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn redirect(code: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {code} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

/// A port that must not be connected to, on every address of this machine.
struct Canary {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Canary {
    async fn spawn() -> Self {
        let listener = match TcpListener::bind("[::]:0").await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind("0.0.0.0:0").await.unwrap(),
        };
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 1024]).await;
                    let _ = stream.write_all(&ok("", "alive")).await;
                });
            }
        });
        Self { port, connections }
    }

    /// Nobody came. One connection that is allowed proves that the canary would have sung; connections are accepted in
    /// order, so an earlier one would have been counted by then.
    async fn assert_untouched(&self) {
        let control = fetcher_with(&Arc::new(FakeDns::new()), &private_allowed());
        let fetched = control.fetch(&format!("http://127.0.0.1:{}/", self.port)).await.unwrap();
        assert_eq!(fetched.text, "alive");
        assert_eq!(self.connections.load(Ordering::SeqCst), 1, "connections to the canary, the control's one included");
    }
}

/// The sentence of a refusal at the field `url`.
#[track_caller]
fn sentence(result: Result<Fetched, Problem>) -> String {
    let problem = result.unwrap_err();
    assert_eq!(problem.status, 422, "{problem}");
    assert_eq!(problem.errors[0].field, "url");
    problem.detail
}
