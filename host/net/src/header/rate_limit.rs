//! `RateLimit`, as the hub and the IETF's draft write it: `"api";r=0;t=55`.

use std::time::Duration;

/// How long until requests are taken again: the longest reset time among the
/// policies that have none remaining. None where all have some left, or the
/// value is not of that form.
pub fn wait(value: &str) -> Option<Duration> {
    value.split(',').filter_map(exhausted_for).max()
}

fn exhausted_for(policy: &str) -> Option<Duration> {
    let parameter = |name: &str| {
        policy.split(';').skip(1).find_map(|parameter| {
            let (found, value) = parameter.split_once('=')?;
            if found.trim() == name { value.trim().parse::<u64>().ok() } else { None }
        })
    };
    if parameter("r")? == 0 { Some(Duration::from_secs(parameter("t")?)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_is_used_up_makes_wait() {
        let seconds = |value| wait(value).map(|wait| wait.as_secs());
        assert_eq!(seconds("\"api\";r=0;t=55"), Some(55));
        assert_eq!(seconds("\"api\"; r=0; t=55"), Some(55));
        assert_eq!(seconds("\"api\";r=3;t=55"), None);
        assert_eq!(seconds("\"a\";r=0;t=5, \"b\";r=0;t=9, \"c\";r=1;t=99"), Some(9));
        for malformed in ["", "\"api\"", "\"api\";r=0", "\"api\";r=x;t=1", "r=0;t=1", "a;r=0;t=-1"]
        {
            assert_eq!(seconds(malformed), None, "{malformed}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "\\PC{0,60}|[\"a;,r=t0-9 ]{0,60}") {
            let _ = wait(&value);
        }

        #[test]
        fn what_is_written_is_read(seconds in any::<u64>()) {
            let value = format!("\"resolvers\";r=0;t={seconds}");
            prop_assert_eq!(wait(&value), Some(Duration::from_secs(seconds)));
        }
    }
}
