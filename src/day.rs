//! Days as numbers yyyymmdd: they sort, compare and index as they are.

use jiff::civil::Date;

/// A day as the number yyyymmdd.
pub fn day_number(date: Date) -> u32 {
    (date.year().unsigned_abs() as u32) * 10_000 + (date.month() as u32) * 100 + date.day() as u32
}

/// The day a number yyyymmdd stands for; `None` when it is no day.
pub fn date_of(day: u32) -> Option<Date> {
    Date::new((day / 10_000) as i16, (day / 100 % 100) as i8, (day % 100) as i8).ok()
}

/// Today, in the machine's time zone.
pub fn today() -> u32 {
    day_number(jiff::Zoned::now().date())
}
