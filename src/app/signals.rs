//! Signals of few types. A view is compiled anew for every type of signal or closure in it, so pages bind words and
//! switches instead of closures: the wasm is a third smaller for it.

use leptos::prelude::*;

/// Words that follow what they read.
pub fn words(words: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(words)
}

/// A switch that follows what it reads: for classes, `hidden`, `disabled`.
pub fn switch(switch: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(switch)
}

/// An attribute that is there or not.
pub fn perhaps(word: impl Fn() -> Option<&'static str> + Send + Sync + 'static) -> Signal<Option<&'static str>> {
    Signal::derive(word)
}
