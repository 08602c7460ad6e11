//! What things are called: `[package.metadata.leptos]` of `Cargo.toml`, which cargo-leptos reads as well.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The keys of that section that this tool needs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Names {
    pub output_name: String,
    pub site_root: PathBuf,
    pub site_pkg_dir: String,
    pub style_file: PathBuf,
    pub assets_dir: PathBuf,
    bin_features: Vec<String>,
    bin_default_features: bool,
    lib_features: Vec<String>,
    lib_default_features: bool,
    lib_profile_release: String,
}

impl Names {
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        #[derive(Deserialize)]
        struct Manifest {
            package: Package,
        }
        #[derive(Deserialize)]
        struct Package {
            metadata: Metadata,
        }
        #[derive(Deserialize)]
        struct Metadata {
            leptos: Names,
        }
        let path = path.as_ref();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let manifest: Manifest = toml::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))?;
        Ok(manifest.package.metadata.leptos)
    }

    pub fn server_arguments(&self, release: bool) -> Vec<String> {
        let mut arguments = vec!["build".into(), "--package".into(), self.output_name.clone(), "--bin".into(), self.output_name.clone()];
        add_features(&mut arguments, &self.bin_features, self.bin_default_features);
        if release {
            arguments.push("--release".into());
        }
        arguments
    }

    pub fn browser_arguments(&self, release: bool) -> Vec<String> {
        let mut arguments = vec!["build".into(), "--package".into(), self.output_name.clone(), "--lib".into()];
        arguments.extend(["--target".into(), WASM.into()]);
        if release {
            add_features(&mut arguments, &[&self.lib_features[..], &["split".into()]].concat(), self.lib_default_features);
            arguments.extend(["--profile".into(), self.lib_profile_release.clone()]);
            // What cuts the wasm has to know what refers to what.
            arguments.extend(["--config".into(), format!(r#"target.{WASM}.rustflags = ["-Clink-args=--emit-relocs"]"#)]);
        } else {
            add_features(&mut arguments, &self.lib_features, self.lib_default_features);
        }
        arguments
    }

    /// The wasm that cargo leaves for us to bind.
    pub fn unbound_wasm(&self, release: bool) -> PathBuf {
        let profile = if release { &self.lib_profile_release } else { "debug" };
        target_folder().join(WASM).join(profile).join(format!("{}.wasm", self.output_name))
    }
}

/// Where cargo leaves the server's binary.
pub fn binary_folder(release: bool) -> PathBuf {
    target_folder().join(if release { "release" } else { "debug" })
}

const WASM: &str = "wasm32-unknown-unknown";

fn add_features(arguments: &mut Vec<String>, features: &[String], default_features: bool) {
    if !default_features {
        arguments.push("--no-default-features".into());
    }
    if !features.is_empty() {
        arguments.extend(["--features".into(), features.join(",")]);
    }
}

pub fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from)
}
