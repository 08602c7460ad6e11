//! How long to wait before the next attempt.

/// Attempts on a transport before the next lower one is tried.
pub const SOCKET_ATTEMPTS: u32 = 5;
pub const FALLBACK_ATTEMPTS: u32 = 2;

const BASE_MS: f64 = 2_000.0;
const FACTOR: f64 = 1.5;
pub const CAP_MS: u64 = 30_000;

/// Full jitter: anything between nothing and `ceiling_ms(failures)`, so that clients which lost the same server
/// do not come back in step. `random` is in 0 ..= 1.
pub fn delay_ms(failures: u32, random: f64) -> u64 {
    scale(ceiling_ms(failures), random)
}

/// 2 s × 1.5 per failure, at most 30 s.
pub fn ceiling_ms(failures: u32) -> u64 {
    let exponent = i32::try_from(failures.saturating_sub(1).min(16)).unwrap_or(16);
    let ceiling = BASE_MS * FACTOR.powi(exponent);
    if ceiling < 30_000.0 { to_ms(ceiling) } else { CAP_MS }
}

/// `random` of `ms`; a fraction outside of 0 ..= 1 counts as the nearer end.
pub fn scale(ms: u64, random: f64) -> u64 {
    let fraction = if random.is_finite() { random.clamp(0.0, 1.0) } else { 1.0 };
    // Delays are below 2^53, so that the way through f64 is exact.
    #[allow(clippy::cast_precision_loss)]
    to_ms(ms as f64 * fraction)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_ms(ms: f64) -> u64 {
    ms.max(0.0) as u64
}
