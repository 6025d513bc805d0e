//! `plimsoll params`.

use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::pinned_digest;
use plimsoll_verifier::cache::{self, State};
use plimsoll_verifier::verdict::hex;

use crate::cli::{Params, ParamsDir};
use crate::error::Failure;

const K: u32 = Standard::K;

/// `plimsoll params`.
pub(super) fn params(command: &Params) -> Result<(), Failure> {
    let folder = |dir: &ParamsDir| cache::folder(dir.folder.as_deref());
    match command {
        Params::Derive(dir) => {
            let folder = folder(dir)?;
            let params = cache::derive(K)?;
            cache::write(&folder, K, &params)?;
            let file = cache::file(&folder, K);
            super::print(&format!("{}\n{}\n", file.display(), hex(&params.digest())))
        }
        Params::Check(dir) => {
            let folder = folder(dir)?;
            let file = cache::file(&folder, K).display().to_string();
            match cache::state(&folder, K)? {
                State::Good => super::print(&format!("{file}: good\n")),
                State::Corrupt => Err(Failure::CachedParams {
                    file,
                    what: "corrupt",
                }),
                State::Absent => Err(Failure::CachedParams {
                    file,
                    what: "not there",
                }),
            }
        }
        Params::Show(dir) => {
            let folder = folder(dir)?;
            let state = match cache::state(&folder, K)? {
                State::Good => "cached",
                State::Corrupt => "corrupt, will be derived again",
                State::Absent => "not cached, will be derived",
            };
            let digest = pinned_digest(K).map_or_else(String::new, |digest| hex(&digest));
            super::print(&format!(
                "k        {K}\ndigest   {digest}\nfile     {}\nstate    {state}\n",
                cache::file(&folder, K).display()
            ))
        }
    }
}
