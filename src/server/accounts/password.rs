//! Passwords: argon2id, a few at a time, and as slow for an address that nobody has as for one that somebody has.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::SaltString};
use tokio::sync::Semaphore;

use crate::{protocol::Problem, server::random};

pub const MIN_CHARS: usize = 10;
/// Longer ones are no safer, and cost nothing to send.
pub const MAX_CHARS: usize = 256;

/// 19 MiB, two passes, one lane: what OWASP asks for at least.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Of a password that nobody knows, made with the parameters above.
static NOBODY: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

pub struct Passwords {
    /// Each takes 19 MiB and a core for some 20 ms: many sign-ins wait for each other instead of starving everybody.
    turns: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Semaphore::new(2) }
    }
}

impl Passwords {
    /// # Errors
    /// 500 when hashing fails.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.work(move || hash_now(&password)).await?.ok_or_else(Problem::internal)
    }

    /// Whether it is the password of `hash`; always false, and as slow, without one.
    ///
    /// # Errors
    /// 500 when the work cannot be done.
    pub async fn fits(&self, password: String, hash: Option<String>) -> Result<bool, Problem> {
        self.work(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let fits = PasswordHash::new(&hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            known && fits
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let _turn = self.turns.acquire().await.map_err(|_| Problem::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
    }
}

/// # Errors
/// A problem of the field `password`.
pub fn check(password: &str, email: &str) -> Result<(), Problem> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Err(Problem::invalid(
            "password",
            format!("A password has at least {MIN_CHARS} characters. A sentence is easy to remember."),
        ));
    }
    if chars > MAX_CHARS {
        return Err(Problem::invalid("password", format!("A password has at most {MAX_CHARS} characters.")));
    }
    if password.to_lowercase() == email {
        return Err(Problem::invalid("password", "The e-mail address itself is the first thing that somebody would try."));
    }
    Ok(())
}

fn hash_now(password: &str) -> Option<String> {
    let salt = SaltString::encode_b64(&random::bytes::<16>()).ok()?;
    argon2().hash_password(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse battery".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.fits("correct horse battery".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.fits("correct horse batteri".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.fits("nobody has this password".into(), None).await.unwrap());
        assert_ne!(passwords.hash("correct horse battery".into()).await.unwrap(), hash, "salted");
    }

    #[test]
    fn weak_ones_are_refused_by_field() {
        for (password, fine) in [("short", false), ("long enough", true), ("ada@example.org", false), (&*"x".repeat(257), false)] {
            assert_eq!(check(password, "ada@example.org").is_ok(), fine, "{password}");
        }
    }
}
