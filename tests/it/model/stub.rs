//! A server of which the test decides every byte: it reads one request, remembers it, answers as told and watches for the client's
//! leaving.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};

use crate::harness::within;

/// What a connection gets after its request.
#[derive(Clone)]
pub struct Script {
    parts: Vec<Vec<u8>>,
    /// Before each part but the first.
    pause: Duration,
    /// The last part again and again.
    endless: bool,
    /// Leave it to the client to close.
    hold: bool,
}

/// A whole body, ended by the end of the connection.
pub fn plain(status: u16, media_type: &str, body: impl AsRef<[u8]>) -> Script {
    with_headers(status, &format!("content-type: {media_type}\r\n"), body)
}

pub fn with_headers(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Script {
    let mut bytes = format!("HTTP/1.1 {status} As Told\r\n{headers}connection: close\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body.as_ref());
    Script { parts: vec![bytes], pause: Duration::ZERO, endless: false, hold: false }
}

/// A body in chunks; without its end it is one that broke off.
pub fn chunked(status: u16, media_type: &str, chunks: &[&[u8]], ended: bool) -> Script {
    let mut bytes =
        format!("HTTP/1.1 {status} As Told\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")
            .into_bytes();
    for chunk in chunks.iter().filter(|chunk| !chunk.is_empty()) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    if ended {
        bytes.extend_from_slice(b"0\r\n\r\n");
    }
    Script { parts: vec![bytes], pause: Duration::ZERO, endless: false, hold: false }
}

/// The parts one after the other.
pub fn slowly(media_type: &str, parts: &[&[u8]], pause: Duration) -> Script {
    let mut script = plain(200, media_type, parts[0]);
    script.parts.extend(parts[1..].iter().map(|part| part.to_vec()));
    Script { pause, ..script }
}

pub fn endless(status: u16, media_type: &str, start: &[u8], piece: &[u8]) -> Script {
    let mut script = plain(status, media_type, start);
    script.parts.push(piece.to_vec());
    Script { endless: true, ..script }
}

pub fn silent() -> Script {
    Script { parts: Vec::new(), pause: Duration::ZERO, endless: false, hold: true }
}

pub fn held(script: Script) -> Script {
    Script { hold: true, ..script }
}

#[derive(Clone, Debug)]
pub struct Request {
    pub raw: String,
    pub path: String,
    pub body: Value,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<String> {
        let lines = self.raw.lines().take_while(|line| !line.is_empty());
        let mut values = lines.filter_map(|line| line.split_once(": ")).filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.to_owned())
    }
}

#[derive(Clone)]
pub struct Stub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    written: watch::Sender<usize>,
    closed: Semaphore,
}

impl Stub {
    pub async fn spawn(script: Script) -> Self {
        Self::spawn_each(vec![script]).await
    }

    /// One script after the other, a connection each; the last one stays.
    pub async fn spawn_each(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            written: watch::Sender::new(0),
            closed: Semaphore::new(0),
        });
        let stub = Self { address, shared };
        let serving = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let index = serving.shared.connections.fetch_add(1, Ordering::SeqCst);
                let (serving, script) = (serving.clone(), scripts[index.min(scripts.len() - 1)].clone());
                tokio::spawn(async move {
                    // An error is the client's leaving.
                    let _ = serving.answer(stream, script).await;
                    serving.shared.closed.add_permits(1);
                });
            }
        });
        stub
    }

    async fn answer(&self, mut stream: TcpStream, script: Script) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let request = read_request(&mut stream).await?;
        self.shared.requests.lock().unwrap().push(request);
        for (index, part) in script.parts.iter().enumerate() {
            if index > 0 {
                tokio::time::sleep(script.pause).await;
            }
            self.write(&mut stream, part).await?;
        }
        if script.endless {
            loop {
                self.write(&mut stream, &script.parts[script.parts.len() - 1]).await?;
            }
        }
        if script.hold {
            while stream.read(&mut [0; 1024]).await? > 0 {}
            return Ok(());
        }
        stream.shutdown().await
    }

    async fn write(&self, stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
        stream.write_all(bytes).await?;
        self.shared.written.send_modify(|written| *written += bytes.len());
        Ok(())
    }

    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The same with another address.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The only request so far.
    pub fn request(&self) -> Request {
        let requests = self.shared.requests.lock().unwrap();
        assert_eq!(requests.len(), 1);
        requests[0].clone()
    }

    /// A connection is over: the client has closed it, or everything was said.
    pub async fn closed(&self) {
        within("the client to close its connection", self.shared.closed.acquire()).await.unwrap().forget();
    }

    /// How much could be written when for a while nothing more could be.
    pub async fn stalled_at(&self) -> usize {
        let mut written = self.shared.written.subscribe();
        within("the server to be held up", async {
            while tokio::time::timeout(Duration::from_millis(300), written.changed()).await.is_ok() {
                written.mark_unchanged();
            }
            *written.borrow()
        })
        .await
    }
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Request> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse().ok()));
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let raw = format!("{head}{}", String::from_utf8_lossy(&body));
    Ok(Request { raw, path, body: serde_json::from_slice(&body).unwrap_or_default() })
}
