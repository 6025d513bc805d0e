//! An institution's attestations in sequence.
//!
//! Each attestation names the number and the digest of the one before it. Over those that are
//! given, and what this reader saw earlier ([`Seen`]), there must be no gap, no two with one number, no
//! other predecessor than the one that is named, and no date that runs back. The same attestation
//! given twice is one. A chain that starts in the middle is judged from where it starts: what came
//! before is not this reader's to know. What was seen goes before what is given, and what does not
//! fit is followed by nothing: there is no way around a break.
//!
//! Only attestations that hold by themselves take part: a forged one must not spoil a chain.

mod seen;

use std::collections::BTreeMap;

use plimsoll_circuits::book::Lei;
use plimsoll_circuits::document::Document;

use crate::policy::Policy;
use crate::verdict::{ChainError, Facts, Outcome, Verdict};

pub use seen::{Seen, SeenError, SeenLink};

/// What a chain needs to know of an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The institution.
    pub lei: Lei,
    /// Its number.
    pub sequence: u64,
    /// Its digest, proofs included.
    pub digest: [u8; 32],
    /// Digest of the one before.
    pub previous: [u8; 32],
    /// As-of time, seconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
}

impl From<&Document> for Link {
    /// What a file says of itself; nothing is verified.
    fn from(document: &Document) -> Link {
        let statement = &document.attestation.statement;
        Link {
            lei: statement.lei,
            sequence: statement.sequence,
            digest: document.digest,
            previous: statement.previous,
            as_of: statement.as_of,
        }
    }
}

impl Link {
    /// Of an attestation.
    pub fn of(facts: &Facts) -> Link {
        Link {
            lei: facts.statement.lei,
            sequence: facts.statement.sequence,
            digest: facts.digest,
            previous: facts.statement.previous,
            as_of: facts.statement.as_of,
        }
    }
}

/// The place of an attestation in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The last one of its institution that fits.
    Newest,
    /// There is a later one that fits.
    Followed,
    /// It does not fit.
    Broken(ChainError),
}

impl Policy {
    /// The last word on attestations that were checked one by one: those that hold are judged as
    /// chains, which must also fit what was `seen`, and asked for what the reader wants claimed.
    /// Freshness is asked of the newest of each institution: the others are its history.
    ///
    /// Where the reader asks for no signatures, what no trusted key signed is held against all
    /// that there is, and what is signed against what is signed alone: anybody can prove a book
    /// of his own in another's name.
    pub(crate) fn in_sequence(&self, verdicts: Vec<Verdict>, seen: &Seen) -> Vec<Verdict> {
        let held = verdicts.iter().filter_map(|verdict| match verdict.outcome {
            Outcome::Holds => verdict.facts.as_deref(),
            _ => None,
        });
        let spoken: Vec<(Link, bool)> = held.map(|f| (Link::of(f), self.speaks(f))).collect();
        let links: Vec<Link> = spoken.iter().map(|(link, _)| *link).collect();
        let signed = spoken.iter().filter(|(_, speaks)| *speaks);
        let signed: Vec<Link> = signed.map(|(link, _)| *link).collect();
        let among_all = standings(&links, seen);
        let mut among_signed = standings(&signed, seen).into_iter();
        let mut standings = spoken.iter().zip(among_all).map(|((_, speaks), all)| {
            let own = if *speaks { among_signed.next() } else { None };
            own.unwrap_or(all)
        });
        let last = |verdict: Verdict| {
            let (Outcome::Holds, Some(facts)) = (&verdict.outcome, &verdict.facts) else {
                return verdict;
            };
            let refusal = match standings.next() {
                Some(Standing::Broken(error)) => Some(error.into()),
                Some(Standing::Followed) => self.claims(&facts.statement),
                Some(Standing::Newest) | None => self
                    .fresh(&facts.statement)
                    .or_else(|| self.claims(&facts.statement)),
            };
            Verdict {
                outcome: refusal.map_or(Outcome::Holds, Outcome::Refused),
                ..verdict
            }
        };
        verdicts.into_iter().map(last).collect()
    }
}

/// Judges every link; the answers are in the order of the links.
pub fn standings(links: &[Link], seen: &Seen) -> Vec<Standing> {
    let mut chains: BTreeMap<Lei, Vec<usize>> = BTreeMap::new();
    for (index, link) in links.iter().enumerate() {
        chains.entry(link.lei).or_default().push(index);
    }
    let mut standings = vec![Standing::Newest; links.len()];
    for (lei, mut chain) in chains {
        chain.sort_by_key(|index| (links[*index].sequence, links[*index].digest));
        judge(links, &chain, seen.of(lei), &mut standings);
    }
    standings
}

/// One institution's, by number.
fn judge(links: &[Link], chain: &[usize], seen: Option<SeenLink>, standings: &mut [Standing]) {
    // The last that fits, of those given: what is broken is nobody's predecessor.
    let mut fits: Option<SeenLink> = None;
    for group in chain.chunk_by(|a, b| links[*a].sequence == links[*b].sequence) {
        let Some(first) = group.first().map(|index| links[*index]) else {
            continue;
        };
        let number = first.sequence;
        // What was seen comes before what is given under the same number.
        let below = seen.filter(|seen| seen.sequence < number);
        let known = match (fits, below) {
            (Some(given), Some(seen)) if seen.sequence < given.sequence => Some(given),
            (given, seen) => seen.or(given),
        };
        let same_as_seen = |link: &Link| {
            seen.is_none_or(|seen| seen.sequence != number || seen.digest == link.digest)
        };
        let forked = group
            .iter()
            .any(|index| links[*index].digest != first.digest);
        let breaks = |link: &Link| known.and_then(|known| follows(known, link));
        for index in group {
            let link = links[*index];
            let problem = if forked || !same_as_seen(&link) {
                Some(ChainError::Fork(number))
            } else {
                breaks(&link)
            };
            standings[*index] = problem.map_or(Standing::Followed, Standing::Broken);
        }
        // Of two with one number neither is the predecessor: whoever follows names one of them.
        let named = |link: &&Link| {
            let mut all = links.iter();
            !forked || all.any(|l| l.lei == link.lei && l.previous == link.digest)
        };
        let mut members = group.iter().map(|index| &links[*index]);
        let chosen = members.find(named).unwrap_or(&first);
        if same_as_seen(chosen) && breaks(chosen).is_none() {
            fits = Some(SeenLink::of(chosen));
        }
    }
    let fitting = |index: &&usize| standings[**index] == Standing::Followed;
    let newest = chain.iter().rev().find(fitting);
    let Some(newest) = newest.map(|index| links[*index].sequence) else {
        return;
    };
    // Where this reader knows a later one than any that fits, all of them are old.
    let later = seen.filter(|seen| seen.sequence > newest);
    for index in chain {
        if standings[*index] != Standing::Followed {
            continue;
        }
        standings[*index] = match later {
            Some(SeenLink { sequence: seen, .. }) => Standing::Broken(ChainError::Replay { seen }),
            None if links[*index].sequence == newest => Standing::Newest,
            None => Standing::Followed,
        };
    }
}

/// Why a link does not follow the one before it.
fn follows(before: SeenLink, link: &Link) -> Option<ChainError> {
    let next = before.sequence.saturating_add(1);
    if link.sequence > next {
        Some(ChainError::Gap { missing: next })
    } else if link.previous != before.digest {
        Some(ChainError::Overwritten)
    } else if link.as_of < before.as_of {
        Some(ChainError::DateBack)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lei(which: usize) -> Lei {
        let known = ["N1GZ7BBF3NP8GI976H15", "8I5DZWZKVSZI1NUHU748"];
        Lei::parse(known[which]).unwrap()
    }

    /// Numbers 1 to `count`, as they ought to be.
    fn chain(count: u64) -> Vec<Link> {
        (1..=count)
            .map(|n| Link {
                lei: lei(0),
                sequence: n,
                digest: [n as u8; 32],
                previous: if n == 1 { [0; 32] } else { [n as u8 - 1; 32] },
                as_of: n as i64 * 100,
            })
            .collect()
    }

    fn judged(links: &[Link]) -> Vec<Standing> {
        standings(links, &Seen::default())
    }

    /// Of two with one number, whoever follows names one of them, wherever it stands among them;
    /// what another institution names says nothing.
    #[test]
    fn a_fork_is_followed_from_the_one_that_is_named() {
        use Standing::Newest;
        let links = chain(2);
        for digest in [0, 99] {
            let mut other = links[0];
            other.digest[0] = digest;
            let mut stranger = links[1];
            (stranger.lei, stranger.previous) = (lei(1), other.digest);
            let judged = judged(&[links[0], other, links[1], stranger]);
            let fork = || Standing::Broken(ChainError::Fork(1));
            assert_eq!(judged, [fork(), fork(), Newest, Newest], "{digest}");
        }
    }

    #[test]
    fn a_whole_chain_in_any_order() {
        use Standing::{Followed, Newest};
        let mut links = chain(3);
        assert_eq!(judged(&links), [Followed, Followed, Newest]);
        links.reverse();
        assert_eq!(judged(&links), [Newest, Followed, Followed]);
        // From the middle; two copies of one; two institutions.
        assert_eq!(judged(&chain(3)[1..]), [Followed, Newest]);
        let twice = [chain(2), chain(2)].concat();
        assert_eq!(judged(&twice), [Followed, Newest, Followed, Newest]);
        let mut other = chain(1);
        other[0].lei = lei(1);
        other[0].digest = [77; 32];
        assert_eq!(
            judged(&[chain(2), other].concat()),
            [Followed, Newest, Newest]
        );
        assert_eq!(judged(&[]), []);
    }

    #[test]
    fn attacks_28_gap_fork_overwritten_and_date() {
        use Standing::{Broken, Followed, Newest};
        let mut gap = chain(4);
        gap.remove(2);
        let missing = Broken(ChainError::Gap { missing: 3 });
        assert_eq!(judged(&gap), [Followed, Newest, missing]);
        // Nor is there a way past what is broken.
        gap.push(chain(5)[4]);
        let missing = || Broken(ChainError::Gap { missing: 3 });
        assert_eq!(judged(&gap), [Followed, Newest, missing(), missing()]);

        let mut fork = chain(2);
        fork.push(Link {
            digest: [99; 32],
            ..fork[1]
        });
        let forked = || Broken(ChainError::Fork(2));
        assert_eq!(judged(&fork), [Newest, forked(), forked()]);
        // What follows one of the two is still told apart from what follows neither.
        fork.push(chain(3)[2]);
        assert_eq!(judged(&fork), [Followed, forked(), forked(), Newest]);

        let mut overwritten = chain(3);
        overwritten[1].digest = [99; 32];
        let broken = Broken(ChainError::Overwritten);
        assert_eq!(judged(&overwritten), [Followed, Newest, broken]);

        let mut back = chain(2);
        back[1].as_of = 99;
        assert_eq!(judged(&back), [Newest, Broken(ChainError::DateBack)]);
        // Two on one day do not run back.
        back[1].as_of = 100;
        assert_eq!(judged(&back), [Followed, Newest]);
    }

    #[test]
    fn attacks_28_replay_of_what_was_seen() {
        use Standing::{Broken, Followed, Newest};
        let mut seen = Seen::default();
        seen.note(&chain(3)[2]);
        let replay = || Broken(ChainError::Replay { seen: 3 });
        assert_eq!(standings(&chain(2), &seen), [replay(), replay()]);
        // The one seen, alone or with what came before and after.
        assert_eq!(standings(&chain(3)[2..], &seen), [Newest]);
        assert_eq!(standings(&chain(4), &seen)[2..], [Followed, Newest]);
        assert_eq!(standings(&chain(4)[3..], &seen), [Newest]);
        assert_eq!(
            standings(&chain(5)[4..], &seen),
            [Broken(ChainError::Gap { missing: 4 })]
        );
        let mut rewritten = chain(4);
        rewritten[2].digest = [99; 32];
        assert_eq!(
            standings(&rewritten[2..3], &seen),
            [Broken(ChainError::Fork(3))]
        );
        rewritten[3].previous = [99; 32];
        assert_eq!(
            standings(&rewritten[3..], &seen),
            [Broken(ChainError::Overwritten)]
        );
        // Another institution's numbers are its own.
        let mut other = chain(1);
        other[0].lei = lei(1);
        assert_eq!(standings(&other, &seen), [Newest]);
    }

    /// What was seen is not given up for another chain, however much of it is shown at once.
    #[test]
    fn attacks_28_a_chain_written_anew_from_before_what_was_seen() {
        use Standing::{Broken, Followed, Newest};
        let honest = chain(5);
        let mut seen = Seen::default();
        seen.note(&honest[2]);
        let mut other = chain(5);
        for link in &mut other[2..] {
            link.digest[31] = 99;
            if link.sequence > 3 {
                link.previous[31] = 99;
            }
        }
        let fork = || Broken(ChainError::Fork(3));
        let overwritten = || Broken(ChainError::Overwritten);
        let missing = || Broken(ChainError::Gap { missing: 4 });
        assert_eq!(
            standings(&other[2..], &seen),
            [fork(), overwritten(), missing()]
        );
        assert_eq!(standings(&other[3..], &seen), [overwritten(), missing()]);
        // Both chains at once: the one that was seen goes on.
        let both = [honest[2], other[2], other[3]];
        assert_eq!(standings(&both, &seen), [fork(), fork(), overwritten()]);
        let both = [honest[2], other[2], honest[3], honest[4]];
        assert_eq!(standings(&both, &seen), [fork(), fork(), Followed, Newest]);
        // Older ones beside it are its history, with or without what lies between.
        let parts = [honest[0], honest[3]];
        assert_eq!(standings(&parts, &seen), [Followed, Newest]);
        let parts = [honest[1], honest[3], honest[4]];
        assert_eq!(standings(&parts, &seen), [Followed, Followed, Newest]);
        // Beside a later one that does not fit, old ones are as old as without it.
        let replay = || Broken(ChainError::Replay { seen: 3 });
        let parts = [honest[0], honest[1], honest[4]];
        assert_eq!(standings(&parts, &seen), [replay(), replay(), missing()]);
    }

    #[test]
    fn numbers_at_the_end_of_their_range() {
        let mut links = chain(1);
        links.push(Link {
            sequence: u64::MAX,
            ..chain(2)[1]
        });
        let gap = Standing::Broken(ChainError::Gap { missing: 2 });
        assert_eq!(judged(&links)[1], gap);
    }
}
