//! Hashes of passwords (Argon2id, as OWASP advises), and of tokens.

use std::sync::LazyLock;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::problems::{Problem, Result};

/// Each hash takes 19 MiB and a processor for a while.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What a password is compared with where there is no account, so that both take as long.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

fn hasher() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str) -> Option<String> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = hasher().hash_password(password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

pub async fn hash_password(password: String) -> Result<String> {
    let permit = AT_ONCE.acquire().await;
    let make = move || {
        // Held until it is made, whether anybody waits for it or not.
        let _permit = permit;
        hash(&password)
    };
    spawn_blocking(make).await.ok().flatten().ok_or_else(Problem::internal)
}

/// Whether the password is the right one.
pub async fn is_password(password: String, hash: Option<String>) -> bool {
    let permit = AT_ONCE.acquire().await;
    let check = move || {
        let _permit = permit;
        let known = hash.as_deref().unwrap_or(&NOBODY);
        let parsed = PasswordHash::new(known);
        let verify = |parsed| hasher().verify_password(password.as_bytes(), &parsed).is_ok();
        parsed.is_ok_and(verify) && hash.is_some()
    };
    spawn_blocking(check).await.unwrap_or(false)
}

/// A new one: 256 bits of chance.
pub fn new_token() -> String {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Tokens are long and random, so they need no slow hash.
pub fn hash_token(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}
