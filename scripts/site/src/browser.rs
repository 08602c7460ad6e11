//! From the wasm that rustc makes to what a browser loads: cut into parts where the code says so, bound by wasm-bindgen,
//! without the names that debuggers want.
//!
//! All of it is named by one hash of what it was made from, because the parts name each other.
//!
//! Binaryen's wasm-opt is left out on purpose. Measured with version 132 on this application: `-Oz` takes a seventh off the
//! file but adds a tenth to what is sent, because the result compresses worse (391 kB of brotli become 429 kB); `-O1` saves 1 %.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    files::{self, hash_of},
    names::{Names, target_folder},
};

/// Which files each part of the program consists of, besides the first part; without ".wasm".
pub type Parts = HashMap<String, Vec<String>>;

/// What the browser loads.
pub struct Bound {
    pub hash: String,
    /// Files by their names in the site's folder for packages.
    pub files: Vec<(String, Vec<u8>)>,
    pub parts: Parts,
}

/// Makes what the browser loads from what cargo built; the work of an earlier run on the same wasm is taken from its folder.
pub fn bind(names: &Names, release: bool) -> Result<Bound> {
    let input = names.unbound_wasm(release);
    let wasm = fs::read(&input).with_context(|| format!("cannot read {}", input.display()))?;
    let hash = hash_of(&[env!("CARGO_PKG_VERSION").as_bytes(), &wasm].concat());
    let folder = target_folder().join("site-bound").join(if release { "release" } else { "debug" });
    let key_file = folder.join("key.txt");
    let parts_file = folder.join("parts.json");

    if fs::read_to_string(&key_file).ok().as_ref() != Some(&hash) {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let name = format!("{}.{hash}", names.output_name);
        let (first, parts) = if release { cut(&name, &hash, &wasm, &folder.join("pkg"))? } else { (wasm, Parts::new()) };
        let mut bindgen = Bindgen::new();
        bindgen.input_bytes(&names.output_name, first).out_name(&names.output_name).web(true)?.typescript(false);
        // The parts find the first one's functions by their names.
        bindgen.keep_lld_exports(release).demangle(!release);
        bindgen.debug(!release).keep_debug(!release).remove_name_section(release).remove_producers_section(release);
        bindgen.omit_default_module_path(true).generate(folder.join("pkg"))?;
        for (made, kind) in [("", "js"), ("_bg", "wasm")] {
            fs::rename(folder.join(format!("pkg/{}{made}.{kind}", names.output_name)), folder.join(format!("pkg/{name}.{kind}")))?;
        }
        files::write(&parts_file, serde_json::to_string(&parts)?.as_bytes())?;
        files::write(&key_file, hash.as_bytes())?;
    }
    let mut bound = Vec::new();
    let pkg = folder.join("pkg");
    files::walk(&pkg, &mut |path| {
        bound.push((files::relative(path, &pkg)?, fs::read(path)?));
        Ok(())
    })?;
    Ok(Bound { hash, files: bound, parts: serde_json::from_slice(&fs::read(parts_file)?)? })
}

/// Cuts the wasm: puts the parts that come later and the script that loads them into a folder, returns the first part.
fn cut(name: &str, hash: &str, wasm: &[u8], folder: &Path) -> Result<(Vec<u8>, Parts)> {
    let (first, loader, main) = (folder.join("first.wasm"), format!("./__wasm_split.{hash}.js"), format!("./{name}.js"));
    let mut options = wasm_split_cli_support::Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &first;
    options.link_name = &loader;
    options.main_module = &main;
    let made = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:?}"))?;

    // Named by their place in the program; named for what they belong to, as everything else is.
    let loader = folder.join(loader);
    let mut script = fs::read_to_string(&loader)?;
    let mut parts = made.prefetch_map;
    for path in made.split_modules {
        let old = path.file_stem().and_then(|stem| stem.to_str()).context("a part without a name")?.to_owned();
        let new = format!("{name}.{}", old.trim_start_matches("split_"));
        files::write(&folder.join(format!("{new}.wasm")), &compact(&fs::read(&path)?)?)?;
        fs::remove_file(&path)?;
        script = script.replace(&format!("\"./{old}.wasm\""), &format!("\"./{new}.wasm\""));
        for file in parts.values_mut().flatten().filter(|file| **file == old) {
            file.clone_from(&new);
        }
    }
    files::write(&loader, script.as_bytes())?;
    let bytes = fs::read(&first)?;
    fs::remove_file(first)?;
    Ok((bytes, parts))
}

/// Takes out the names and the room that the linker left for other addresses; wasm-bindgen does so for the first part.
fn compact(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut config = walrus::ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    Ok(config.parse(wasm)?.emit_wasm())
}
