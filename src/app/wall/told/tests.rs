use std::collections::BTreeSet;

use proptest::prelude::*;

use super::Told::{Exactly, Few, Several};
use super::*;

fn told_of(counts: &[u32]) -> Vec<Told> {
    told(counts.iter().copied())
}

/// Rows with what stands in no column last.
fn crossed(rows: &[Vec<u32>]) -> Vec<Row<Told>> {
    let row = |row: &Vec<u32>| {
        let cells = row[..row.len() - 1].iter().copied().map(Count::from).collect();
        Row { cells, sum: row.iter().sum::<u32>().into() }
    };
    told_crossed(rows.iter().map(row).collect())
}

fn cells(rows: &[Vec<u32>]) -> Vec<Vec<Told>> {
    crossed(rows).into_iter().map(|row| row.cells).collect()
}

#[test]
fn few_are_not_told_and_not_to_be_had_by_subtraction() {
    assert_eq!(told_of(&[9, 0, 7]), [Exactly(9), Exactly(0), Exactly(7)]);
    assert_eq!(told_of(&[9, 3, 7]), [Exactly(9), Few, Several], "one alone would be the rest");
    assert_eq!(told_of(&[9, 1, 3, 8]), [Exactly(9), Few, Few, Exactly(8)], "or two and two");
    assert_eq!(told_of(&[9, 4, 4, 8]), [Exactly(9), Few, Few, Several], "eight of two");
    assert_eq!(told_of(&[9, 3, 0, 0]), [Exactly(9), Few, Few, Exactly(0)], "none costs least");
    assert_eq!(told_of(&[3]), [Few]);
}

#[test]
fn what_cannot_be_more_or_less_protects_nobody() {
    let known = |count, least, most| Count { count, least, most };
    // Whoever has none open has none overdue.
    let overdue = [known(6, 0, 9), known(3, 0, 9), known(0, 0, 0)];
    assert_eq!(told(overdue), [Several, Few, Exactly(0)]);
    let overdue = [known(5, 0, 5), known(3, 0, 9), known(8, 0, 12)];
    assert_eq!(told(overdue), [Exactly(5), Few, Several]);
    let matters = [known(6, 6, 20), known(3, 0, 20), known(8, 0, 20)];
    assert_eq!(told(matters), [Several, Few, Exactly(8)], "it may be more");
    let matters = [known(6, 6, 6), known(3, 0, 20), known(8, 0, 20)];
    assert_eq!(told(matters), [Exactly(6), Few, Several]);
}

#[test]
fn a_cell_of_a_table_is_not_to_be_had_by_the_sums_of_its_row_and_column() {
    let told = cells(&[vec![20, 3, 30, 0], vec![40, 60, 50, 0], vec![70, 80, 90, 0]]);
    assert_eq!(told[0], [Several, Few, Exactly(30)]);
    assert_eq!(told[1], [Several, Several, Exactly(50)]);
    assert_eq!(told[2], [Exactly(70), Exactly(80), Exactly(90)]);
}

#[test]
fn what_stands_in_no_column_is_not_to_be_had_by_its_row() {
    let told = cells(&[vec![20, 30, 3], vec![40, 60, 9], vec![70, 80, 9]]);
    assert_eq!(told[0], [Several, Exactly(30)]);
    assert_eq!(told[1], [Several, Exactly(60)]);
    assert_eq!(told[2], [Exactly(70), Exactly(80)]);
}

#[test]
fn what_cannot_be_hidden_takes_nothing_else_with_it() {
    let [lonely, other] = [[3, 0], [9, 0]].map(Vec::from);
    let rows = [lonely, other];
    assert_eq!(cells(&rows[..1]), [[Few]]);
    assert_eq!(cells(&rows), [[Few], [Several]], "as much as their sums");
}

#[test]
fn a_row_and_its_sum_do_not_tell_each_other() {
    let told = crossed(&[vec![4, 0, 0], vec![6, 0, 0], vec![20, 30, 0]]);
    let sums: Vec<Told> = told.iter().map(|row| row.sum).collect();
    assert_eq!(sums, [Few, Several, Exactly(50)]);
    let told: Vec<_> = told.into_iter().map(|row| row.cells).collect();
    assert_eq!(told, [[Few, Few], [Several, Few], [Exactly(20), Exactly(30)]]);
    // Four and one of five or more: nothing is left for the third, but one.
    let rows = [vec![4, 1, 0], vec![5, 0, 0], vec![1, 0, 0]];
    let computed = Search::computed(&rows, &crossed(&rows));
    assert!(computed.iter().all(|(row, _)| *row != 2), "{computed:?}");
}

fn bounds(told: Told) -> (u32, u32) {
    match told {
        Exactly(count) => (count, count),
        Few => (0, 4),
        Several => (5, u32::MAX),
    }
}

/// Goes through all tables with the same sums of columns in which each cell and each
/// row's sum lies within its bounds, and gathers what each of them may be.
struct Search {
    cells: Vec<Vec<(u32, u32)>>,
    sums: Vec<(u32, u32)>,
    columns_left: Vec<u32>,
    tried: Vec<Vec<u32>>,
    /// The sum of a row stands behind its cells.
    seen: Vec<Vec<BTreeSet<u32>>>,
}

impl Search {
    /// What of a table from one to four has only one count that is possible.
    fn computed(counts: &[Vec<u32>], told: &[Row<Told>]) -> BTreeSet<Cell> {
        let columns = counts[0].len();
        let row = |row: &Row<Told>| {
            row.cells.iter().copied().map(bounds).chain([(0, u32::MAX)]).collect()
        };
        let sum = |at: usize| counts.iter().map(|row| row[at]).sum();
        let mut search = Self {
            cells: told.iter().map(row).collect(),
            sums: told.iter().map(|row| bounds(row.sum)).collect(),
            columns_left: (0..columns).map(sum).collect(),
            tried: counts.to_vec(),
            seen: vec![vec![BTreeSet::new(); columns + 1]; counts.len()],
        };
        search.go_on((0, 0));
        let is_few = |seen: &BTreeSet<u32>| seen.first().is_some_and(|it| (1..5).contains(it));
        let mut known = BTreeSet::new();
        for (row, seen) in search.seen.iter().enumerate() {
            let seen = seen.iter().enumerate();
            let known_here = seen.filter(|(_, seen)| seen.len() == 1 && is_few(seen));
            known.extend(known_here.map(|(at, _)| (row, at)));
        }
        known
    }

    fn go_on(&mut self, (row, column): Cell) {
        let columns = self.columns_left.len();
        if row == self.cells.len() {
            for (seen, tried) in self.seen.iter_mut().zip(&self.tried) {
                for (seen, tried) in seen.iter_mut().zip(tried.iter().chain([&tried.iter().sum()]))
                {
                    seen.insert(*tried);
                }
            }
            return;
        }
        let (mut low, high) = self.cells[row][column];
        let (sum_low, sum_high) = self.sums[row];
        let sum: u32 = self.tried[row][..column].iter().sum();
        let left = self.columns_left[column];
        let is_last = column + 1 == columns;
        low = if is_last { low.max(sum_low.saturating_sub(sum)) } else { low };
        low = if row + 1 == self.cells.len() { low.max(left) } else { low };
        for count in low..=high.min(left).min(sum_high.saturating_sub(sum)) {
            self.tried[row][column] = count;
            self.columns_left[column] = left - count;
            self.go_on(if is_last { (row + 1, 0) } else { (row, column + 1) });
        }
        self.columns_left[column] = left;
    }
}

/// As little is told as can be.
fn least_of(counts: &[Vec<u32>]) -> Vec<Row<Told>> {
    let least = |count: u32| if count < 5 { Few } else { Several };
    let row = |row: &Vec<u32>| Row {
        cells: row[..row.len() - 1].iter().copied().map(least).collect(),
        sum: least(row.iter().sum()),
    };
    counts.iter().map(row).collect()
}

fn is_true_and_hides_few(count: u32, told: Told) -> bool {
    let (low, high) = bounds(told);
    (low..=high).contains(&count) && (told == Few || !(1..5).contains(&count))
}

/// Why a table is told wrongly.
fn fault(rows: &[Vec<u32>]) -> Option<String> {
    let told = crossed(rows);
    for (counts, told) in rows.iter().zip(&told) {
        let told = told.cells.iter().chain([&told.sum]);
        let sum = counts.iter().sum();
        let counts = counts[..counts.len() - 1].iter().chain([&sum]);
        if !counts.zip(told.clone()).all(|(count, told)| is_true_and_hides_few(*count, *told)) {
            return Some(format!("{rows:?} {:?}", told.collect::<Vec<_>>()));
        }
    }
    let computed = Search::computed(rows, &told);
    if computed.is_empty() {
        return None;
    }
    let hopeless = Search::computed(rows, &least_of(rows));
    (!computed.is_subset(&hopeless)).then(|| format!("{rows:?} {told:?} {computed:?}"))
}

/// All tables of so many rows and columns with counts below `below`.
fn all(rows: usize, columns: usize, below: u32) -> impl Iterator<Item = Vec<Vec<u32>>> {
    (0..below.pow((rows * columns) as u32)).map(move |mut number| {
        let mut count = || {
            let count = number % below;
            number /= below;
            count
        };
        // Nothing stands outside of the columns.
        let mut row = || (0..columns).map(|_| count()).chain([0]).collect();
        (0..rows).map(|_| row()).collect()
    })
}

#[test]
fn nothing_can_be_computed_of_a_small_table_that_could_be_hidden() {
    for (rows, columns, below) in [(2, 2, 9), (3, 1, 12), (3, 2, 4)] {
        for table in all(rows, columns, below) {
            assert_eq!(fault(&table), None);
        }
    }
}

proptest! {
    #[test]
    fn nothing_can_be_computed_of_a_table_that_could_be_hidden(
        rows in prop::collection::vec(prop::collection::vec(0..8_u32, 3), 3),
    ) {
        prop_assert_eq!(fault(&rows), None);
    }

    #[test]
    fn no_rest_can_be_computed_that_could_be_hidden(
        counts in prop::collection::vec(0..9_u32, 1..6),
    ) {
        let told = told_of(&counts);
        let is_true = counts.iter().zip(&told).all(|(one, told)| is_true_and_hides_few(*one, *told));
        prop_assert!(is_true, "{:?} {:?}", counts, told);
        // Each stands in a row of its own, whose sum it is.
        let rows: Vec<Vec<u32>> = counts.iter().map(|count| vec![*count, 0]).collect();
        let alone = |told: Told| Row { cells: vec![told], sum: told };
        let computed = Search::computed(&rows, &told.iter().copied().map(alone).collect::<Vec<_>>());
        let hopeless = Search::computed(&rows, &least_of(&rows));
        prop_assert!(computed.is_subset(&hopeless), "{:?} {:?}", counts, told);
    }
}
