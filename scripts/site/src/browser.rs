//! From the wasm that rustc makes to what a browser loads: bound by wasm-bindgen, without the names that debuggers want.
//!
//! Binaryen's wasm-opt is left out on purpose. Measured with version 132 on this application: `-Oz` takes a seventh off the
//! file but adds a tenth to what is sent, because the result compresses worse (391 kB of brotli become 429 kB); `-O1` saves 1 %.

use std::fs;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    files::{self, hash_of},
    names::{Names, target_folder},
};

/// What the browser loads.
pub struct Bound {
    pub js: String,
    pub wasm: Vec<u8>,
    /// Files that the JavaScript imports, by their paths beside it.
    pub snippets: Vec<(String, Vec<u8>)>,
}

/// Binds the wasm that cargo built; the work of an earlier run on the same wasm is taken from its folder.
pub fn bind(names: &Names, release: bool) -> Result<Bound> {
    let input = names.unbound_wasm(release);
    let wasm = fs::read(&input).with_context(|| format!("cannot read {}", input.display()))?;
    let folder = target_folder().join("site-bound").join(if release { "release" } else { "debug" });
    let key_file = folder.join("key.txt");
    let key = format!("{} {}", env!("CARGO_PKG_VERSION"), hash_of(&wasm));

    if fs::read_to_string(&key_file).ok().as_ref() != Some(&key) {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let mut bindgen = Bindgen::new();
        bindgen.input_bytes(&names.output_name, wasm).out_name(&names.output_name).web(true)?.typescript(false);
        bindgen.debug(!release).keep_debug(!release).remove_name_section(release).remove_producers_section(release);
        bindgen.omit_default_module_path(true).generate(&folder)?;
        files::write(&key_file, key.as_bytes())?;
    }
    let mut snippets = Vec::new();
    files::walk(&folder.join("snippets"), &mut |path| {
        snippets.push((files::relative(path, &folder)?, fs::read(path)?));
        Ok(())
    })?;
    Ok(Bound {
        js: fs::read_to_string(folder.join(format!("{}.js", names.output_name)))?,
        wasm: fs::read(folder.join(format!("{}_bg.wasm", names.output_name)))?,
        snippets,
    })
}
