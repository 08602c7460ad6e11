//! From the wasm that rustc makes to what a browser loads: bound by wasm-bindgen, made smaller by wasm-opt where that is found.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

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

/// Binds the wasm that cargo built; the work of an earlier run on the same wasm with the same tools is taken from its folder.
pub fn bind(names: &Names, release: bool) -> Result<Bound> {
    let input = names.unbound_wasm(release);
    let wasm = fs::read(&input).with_context(|| format!("cannot read {}", input.display()))?;
    let optimizer = if release { Optimizer::find() } else { None };
    if release && optimizer.is_none() {
        println!(
            "wasm-opt is not there: the wasm stays a few per cent larger (`npm ci --prefix scripts/site` installs it, WASM_OPT names another)"
        );
    }
    let folder = target_folder().join("site-bound").join(if release { "release" } else { "debug" });
    let key_file = folder.join("key.txt");
    let key = format!(
        "{} {} {}",
        env!("CARGO_PKG_VERSION"),
        hash_of(&wasm),
        optimizer.as_ref().map_or_else(|| "plain".into(), |tool| tool.identity.clone())
    );

    if fs::read_to_string(&key_file).ok().as_ref() != Some(&key) {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let mut bindgen = Bindgen::new();
        bindgen.input_bytes(&names.output_name, wasm).out_name(&names.output_name).web(true)?.typescript(false);
        bindgen.debug(!release).keep_debug(!release).remove_name_section(release).remove_producers_section(release);
        bindgen.omit_default_module_path(true).generate(&folder)?;
        if let Some(optimizer) = optimizer {
            optimizer.run(&wasm_in(&folder, names))?;
        }
        files::write(&key_file, key.as_bytes())?;
    }
    let mut snippets = Vec::new();
    files::walk(&folder.join("snippets"), &mut |path| {
        snippets.push((files::relative(path, &folder)?, fs::read(path)?));
        Ok(())
    })?;
    Ok(Bound {
        js: fs::read_to_string(folder.join(format!("{}.js", names.output_name)))?,
        wasm: fs::read(wasm_in(&folder, names))?,
        snippets,
    })
}

fn wasm_in(folder: &Path, names: &Names) -> PathBuf {
    folder.join(format!("{}_bg.wasm", names.output_name))
}

/// Binaryen's wasm-opt.
struct Optimizer {
    path: PathBuf,
    /// Changes with the tool, so that another version works anew.
    identity: String,
}

impl Optimizer {
    /// `WASM_OPT`, else npm's `binaryen` of this tool, else what PATH has.
    fn find() -> Option<Self> {
        let named = env::var_os("WASM_OPT").map(PathBuf::from);
        let ours = Path::new("scripts/site/node_modules/.bin/wasm-opt").to_path_buf();
        named.into_iter().chain([ours, "wasm-opt".into()]).find_map(|path| {
            let output = Command::new(&path).arg("--version").output().ok().filter(|output| output.status.success())?;
            Some(Self { identity: String::from_utf8_lossy(&output.stdout).trim().to_owned(), path })
        })
    }

    /// Makes a wasm file smaller; when the tool fails, the file stays as it is, which is correct as well.
    fn run(&self, wasm: &Path) -> Result<()> {
        let smaller = wasm.with_extension("opt.wasm");
        // What rustc emits by default for this target; wasm-bindgen drops the section that says so.
        let features = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];
        let mut command = Command::new(&self.path);
        command.arg("-Oz").args(features.map(|feature| format!("--enable-{feature}"))).arg(wasm).arg("-o").arg(&smaller);
        match command.status() {
            Ok(status) if status.success() => {
                let (before, after) = (fs::metadata(wasm)?.len(), fs::metadata(&smaller)?.len());
                println!("{}: {before} bytes of wasm become {after}", self.identity);
                fs::rename(&smaller, wasm)?;
            }
            Ok(status) => println!("{} ended with {status}: the wasm stays as it is", self.path.display()),
            Err(error) => println!("{} cannot be run ({error}): the wasm stays as it is", self.path.display()),
        }
        Ok(())
    }
}
