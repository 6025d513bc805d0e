//! `plimsoll-page`: writes the page.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Writes the page that checks attestations in a browser: one HTML file that needs no other.
#[derive(Debug, Parser)]
#[command(name = "plimsoll-page", version)]
struct Cli {
    /// The file to write.
    #[arg(value_name = "OUT.html")]
    out: PathBuf,
    /// Folder of the cached public parameters, instead of the platform's cache folder.
    #[arg(long, value_name = "DIR")]
    params_dir: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match plimsoll_page::builder::build(&cli.out, cli.params_dir.as_deref()) {
        Ok(built) => {
            println!("wrote {} ({} bytes)", cli.out.display(), built.bytes);
            println!("sha256 {}", built.sha256);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            eprintln!("hint: {}", error.hint());
            ExitCode::from(2)
        }
    }
}
