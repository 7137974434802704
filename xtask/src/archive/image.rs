//! An OCI image (image-spec 1.1) from one static binary, without a container engine.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tar::EntryType;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::VERSION;
use crate::entry::{Entry, read};
use crate::sums::hex;
use crate::tarball::{gzip, header, tar};

/// Nobody's, as distroless images have it.
const USER: u32 = 65_532;
const PORT: u16 = 8787;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A blob, as others name it: type, digest, size.
type Descriptor = Value;

/// An image layout, growing.
struct Layout {
    blobs: Vec<Entry>,
    source: Option<String>,
    time: u32,
}

/// The layout as a tar, which `skopeo`, `podman load` and `docker load` read. `binaries` are `amd64=PATH`.
pub(crate) fn layout(binaries: &[String], source: Option<&str>, time: u32) -> Result<Vec<u8>> {
    let mut layout = Layout { blobs: Vec::new(), source: source.map(str::to_owned), time };
    let mut manifests = Vec::new();
    for binary in binaries {
        let (machine, path) = binary.split_once('=').context("a binary is amd64=PATH")?;
        manifests.push(layout.image(machine, &read(Path::new(path))?)?);
    }
    ensure!(!manifests.is_empty(), "an image needs a binary");
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
    let mut index = layout.add(INDEX, index.to_string().into_bytes());
    index["annotations"] = json!({ "org.opencontainers.image.ref.name": VERSION });
    let top = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [index] });
    let mut files = layout.blobs;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files.dedup();
    files.push(Entry::new("index.json", top.to_string()));
    files.push(Entry::new("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#));
    tar(&files, time)
}

impl Layout {
    fn add(&mut self, kind: &str, bytes: Vec<u8>) -> Descriptor {
        let digest = hex(&bytes);
        let descriptor =
            json!({ "mediaType": kind, "digest": format!("sha256:{digest}"), "size": bytes.len() });
        self.blobs.push(Entry::new(format!("blobs/sha256/{digest}"), bytes));
        descriptor
    }

    /// The image for one kind of machine.
    fn image(&mut self, machine: &str, binary: &[u8]) -> Result<Descriptor> {
        let layer = layer(binary, self.time)?;
        let config = self.config(machine, &hex(&layer))?;
        let config = self.add(CONFIG, config.to_string().into_bytes());
        let layer = self.add(LAYER, gzip(&layer)?);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config,
            "layers": [layer],
        });
        let mut manifest = self.add(MANIFEST, manifest.to_string().into_bytes());
        manifest["platform"] = json!({ "os": "linux", "architecture": machine });
        Ok(manifest)
    }

    fn config(&self, machine: &str, layer: &str) -> Result<Value> {
        let created =
            OffsetDateTime::from_unix_timestamp(i64::from(self.time))?.format(&Rfc3339)?;
        let mut labels = json!({
            "org.opencontainers.image.title": "jawjaw-server",
            "org.opencontainers.image.description": "Comments, votes and ratings in one SQLite file",
            "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
            "org.opencontainers.image.version": VERSION,
        });
        if let Some(source) = &self.source {
            labels["org.opencontainers.image.source"] = json!(source);
        }
        Ok(json!({
            "created": created,
            "architecture": machine,
            "os": "linux",
            "config": {
                "User": format!("{USER}:{USER}"),
                "Entrypoint": ["/jawjaw-server"],
                "Cmd": ["--db", "/data/jawjaw.db"],
                "Env": [format!("JAWJAW_SERVER__LISTEN=0.0.0.0:{PORT}")],
                "ExposedPorts": { format!("{PORT}/tcp"): {} },
                "Volumes": { "/data": {} },
                "WorkingDir": "/data",
                "StopSignal": "SIGTERM",
                "Labels": labels,
                // Docker's own, which the specification leaves room for; in nanoseconds.
                "Healthcheck": {
                    "Test": ["CMD", "/jawjaw-server", "health"],
                    "Interval": 30_000_000_000_u64,
                    "Timeout": 5_000_000_000_u64,
                },
            },
            "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer}")] },
            "history": [{ "created": created, "created_by": "cargo xtask release" }],
        }))
    }
}

/// All that is in the image: the binary, its folder, its user, and a place for SQLite's large sorts.
fn layer(binary: &[u8], time: u32) -> Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |kind, name: &str, owner: u32, rights, bytes: &[u8]| -> Result<()> {
        let mut header = header(time, rights);
        header.set_entry_type(kind);
        header.set_uid(owner.into());
        header.set_gid(owner.into());
        header.set_size(bytes.len().try_into()?);
        Ok(tar.append_data(&mut header, name, bytes)?)
    };
    let user = format!("jawjaw:x:{USER}:{USER}::/data:/sbin/nologin\n");
    let group = format!("jawjaw:x:{USER}:\n");
    add(EntryType::Directory, "data/", USER, 0o700, b"")?;
    add(EntryType::Directory, "etc/", 0, 0o755, b"")?;
    add(EntryType::Regular, "etc/group", 0, 0o644, group.as_bytes())?;
    add(EntryType::Regular, "etc/passwd", 0, 0o644, user.as_bytes())?;
    add(EntryType::Regular, "jawjaw-server", 0, 0o755, binary)?;
    add(EntryType::Directory, "tmp/", 0, 0o1777, b"")?;
    Ok(tar.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::io::Read;
    use tar::Archive;

    fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let mut archive = Archive::new(bytes);
        let read = |file: std::io::Result<tar::Entry<&[u8]>>| {
            let mut file = file.expect("a file");
            let name = file.path().expect("a name").display().to_string();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("its bytes");
            (name, bytes)
        };
        archive.entries().expect("files").map(read).collect()
    }

    /// A layout with two machines; `name` keeps tests apart.
    fn made(name: &str) -> BTreeMap<String, Vec<u8>> {
        let file = std::env::temp_dir().join(format!("jawjaw-{name}-{}", std::process::id()));
        std::fs::write(&file, b"program").expect("it is written");
        let binaries = ["amd64", "arm64"].map(|machine| format!("{machine}={}", file.display()));
        let bytes = layout(&binaries, None, 1_795_867_200).expect("a layout");
        assert!(bytes == layout(&binaries, None, 1_795_867_200).expect("a layout"));
        std::fs::remove_file(file).expect("ours");
        unpacked(&bytes)
    }

    fn follow<'a>(files: &'a BTreeMap<String, Vec<u8>>, to: &Value) -> &'a [u8] {
        let digest = to["digest"].as_str().expect("a digest").replace(':', "/");
        let blob = &files[&format!("blobs/{digest}")];
        assert_eq!(format!("sha256/{}", hex(blob)), digest);
        assert_eq!(to["size"], blob.len());
        blob
    }

    fn json(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).expect("JSON")
    }

    #[test]
    fn every_blob_is_what_its_name_says() {
        let files = made("blobs");
        let top = json(&files["index.json"]);
        let index = json(follow(&files, &top["manifests"][0]));
        let machines = index["manifests"].as_array().expect("machines");
        let names = machines.iter().map(|it| it["platform"]["architecture"].as_str());
        assert_eq!(names.collect::<Option<Vec<_>>>(), Some(vec!["amd64", "arm64"]));
        for machine in machines {
            let manifest = json(follow(&files, machine));
            let config = json(follow(&files, &manifest["config"]));
            let layer = follow(&files, &manifest["layers"][0]);
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(layer).read_to_end(&mut plain).expect("a gzip");
            assert_eq!(config["rootfs"]["diff_ids"][0], format!("sha256:{}", hex(&plain)));
        }
    }

    #[test]
    fn the_image_is_one_program_of_nobody_s() {
        let mut layer = Archive::new(std::io::Cursor::new(layer(b"program", 7).expect("a layer")));
        let line = |file: std::io::Result<tar::Entry<_>>| {
            let file = file.expect("a file");
            let (path, header) = (file.path().expect("a name"), file.header());
            let (rights, owner) = (header.mode().expect("rights"), header.uid().expect("an owner"));
            format!("{} {rights:o} {owner}\n", path.display())
        };
        let outline: String = layer.entries().expect("files").map(line).collect();
        assert_eq!(
            outline,
            "data/ 700 65532\netc/ 755 0\netc/group 644 0\netc/passwd 644 0\njawjaw-server 755 0\ntmp/ 1777 0\n"
        );
    }
}
