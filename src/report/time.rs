//! Seconds since 1970 as a date, without a calendar library.

/// A commit's time in RFC 3339 with the clock's own offset, for example `2024-02-29T23:59:59-08:00`.
///
/// `None` for years RFC 3339 cannot write (before 0 or after 9999). Offsets it cannot write (24 hours and more; git
/// stores any) are taken as UTC.
pub(super) fn rfc3339(seconds: i64, offset_minutes: i32) -> Option<String> {
    let offset = if offset_minutes.unsigned_abs() < 24 * 60 {
        i64::from(offset_minutes)
    } else {
        0
    };
    let local = seconds.checked_add(offset * 60)?;
    let (year, month, day) = civil(local.div_euclid(86_400))?;
    let second = local.rem_euclid(86_400);
    let sign = if offset < 0 { '-' } else { '+' };
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60,
        offset.abs() / 60,
        offset.abs() % 60,
    ))
}

/// A moment in UTC as `yyyy-mm-ddThh:mm:ss`, without a zone; years RFC 3339 cannot write become 1970.
pub(super) fn utc(seconds: i64) -> String {
    let mut text = rfc3339(seconds, 0).unwrap_or_else(|| "1970-01-01T00:00:00".into());
    text.truncate(19);
    text
}

/// The date alone, as the clock of the commit showed it.
pub(super) fn date(seconds: i64, offset_minutes: i32) -> Option<String> {
    let mut text = rfc3339(seconds, offset_minutes)?;
    text.truncate(10);
    Some(text)
}

/// Year, month and day of a number of days since 1970-01-01, for the years 0 to 9999.
///
/// Howard Hinnant's `civil_from_days` (<https://howardhinnant.github.io/date_algorithms.html>): years begin in March,
/// so that the leap day is the last, and come in eras of 400 years, all of the same length.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    const DAYS_PER_ERA: i64 = 146_097;
    /// 0000-01-01 and 9999-12-31.
    const YEARS_OF_FOUR_DIGITS: std::ops::RangeInclusive<i64> = -719_528..=2_932_896;
    if !YEARS_OF_FOUR_DIGITS.contains(&days) {
        return None;
    }
    let days = days + 719_468; // from 0000-03-01
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153; // March is 0
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        let at = |seconds, offset| rfc3339(seconds, offset).unwrap();
        assert_eq!(at(0, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(at(-1, 0), "1969-12-31T23:59:59+00:00");
        assert_eq!(at(951_782_400, 0), "2000-02-29T00:00:00+00:00");
        assert_eq!(at(1_709_251_199, -480), "2024-02-29T15:59:59-08:00");
        assert_eq!(at(1_709_251_199, 330), "2024-03-01T05:29:59+05:30");
        assert_eq!(at(4_107_542_400, 0), "2100-03-01T00:00:00+00:00");
        assert_eq!(
            date(1_709_251_199, -480).as_deref(),
            Some("2024-02-29"),
            "the date is the commit's own"
        );
        assert_eq!(utc(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(utc(i64::MAX), utc(0));
    }

    #[test]
    fn what_git_may_hold_and_rfc3339_may_not() {
        assert_eq!(rfc3339(253_402_300_800, 0), None);
        assert_eq!(
            rfc3339(253_402_300_799, 0).as_deref(),
            Some("9999-12-31T23:59:59+00:00")
        );
        assert_eq!(
            rfc3339(-62_167_219_200, 0).as_deref(),
            Some("0000-01-01T00:00:00+00:00")
        );
        assert_eq!(rfc3339(-62_167_219_201, 0), None);
        assert_eq!(rfc3339(i64::MIN, -60), None);
        assert_eq!(rfc3339(i64::MAX, 60), None);
        assert_eq!(rfc3339(0, 5130), rfc3339(0, 0));
        assert_eq!(rfc3339(0, i32::MIN), rfc3339(0, 0));
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = civil(-719_528).unwrap();
        assert_eq!(last, (0, 1, 1));
        for days in -719_527..=2_932_896 {
            let (year, month, day) = civil(days).unwrap();
            let next = (year, month, day);
            assert!(next > last && (1..=12).contains(&month) && (1..=31).contains(&day));
            assert!(day == last.2 + 1 || day == 1, "{next:?}");
            last = next;
        }
        assert_eq!(last, (9999, 12, 31));
    }
}
