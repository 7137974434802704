//! Tar archives, plain and compressed.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use crate::VERSION;
use crate::entry::{Entry, licences, read};

/// The server, its licences and how to start it.
pub(crate) fn release(root: &Path, binary: &Path, time: u32) -> Result<Vec<u8>> {
    let folder = format!("jawjaw-server-{VERSION}/");
    let mut entries = licences(root, &folder)?;
    entries.push(Entry::program([&folder, "jawjaw-server"].concat(), read(binary)?));
    let help = include_str!("server.txt").replace("VERSION", VERSION);
    entries.push(Entry::new([&folder, "README.txt"].concat(), help));
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    gzip(&tar(&entries, time)?)
}

/// Files of root's, in the order given.
pub(crate) fn tar(entries: &[Entry], time: u32) -> Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for entry in entries {
        let mut header = header(time, if entry.executable { 0o755 } else { 0o644 });
        header.set_size(entry.bytes.len().try_into()?);
        tar.append_data(&mut header, &entry.name, entry.bytes.as_slice())?;
    }
    Ok(tar.into_inner()?)
}

/// A header that says nothing of the machine it was written on.
pub(crate) fn header(time: u32, rights: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(rights);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(time.into());
    header
}

/// Without a time of its own.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tar::Archive;

    #[test]
    fn a_tar_says_nothing_of_the_machine() {
        let entries = [Entry::program("a/run", "x"), Entry::new("a/text", "y")];
        let bytes = tar(&entries, 7).expect("a tar");
        let mut archive = Archive::new(bytes.as_slice());
        let line = |file: std::io::Result<tar::Entry<&[u8]>>| {
            let file = file.expect("a file");
            let (path, header) = (file.path().expect("a name"), file.header());
            format!(
                "{} {:o} {}:{} {}\n",
                path.display(),
                header.mode().expect("rights"),
                header.uid().expect("an owner"),
                header.gid().expect("a group"),
                header.mtime().expect("a time")
            )
        };
        let outline: String = archive.entries().expect("files").map(line).collect();
        assert_eq!(outline, "a/run 755 0:0 7\na/text 644 0:0 7\n");
        assert_eq!(gzip(&bytes).expect("packed")[4..8], [0; 4], "the time in a gzip header");
    }
}
