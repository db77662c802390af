//! How much of a count a wall may tell: fewer than five are nobody's news, and must not be
//! had by subtracting what is told from the sums that stand beside it either.

/// Fewer incidents than this are not told.
pub(super) const SMALLEST_CELL: u32 = 5;

/// What is told of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Exactly(u32),
    /// Less than five: from one to four, or none, which would tell how few others are.
    Few,
    /// Five or more: how many would tell how few others are.
    Several,
}

impl Told {
    pub fn exactly(self) -> Option<u32> {
        match self {
            Self::Exactly(count) => Some(count),
            Self::Few | Self::Several => None,
        }
    }

    /// What it counts for in an order, a bar or a shade.
    pub fn weight(self) -> u32 {
        match self {
            Self::Exactly(count) => count,
            Self::Few => 1,
            Self::Several => SMALLEST_CELL,
        }
    }
}

/// Of counts whose sum is known.
pub(super) fn told(counts: &[u32]) -> Vec<Told> {
    let mut table = Table::new(vec![counts.to_vec()], false);
    table.protect();
    table.told().pop().unwrap_or_default()
}

/// Of the rows of a table, the sum of each as it is told beside; that of each column is
/// known. Of a row whose sum is not told no cell is.
pub(super) fn told_crossed(rows: Vec<Vec<u32>>, sums: &[Told]) -> Vec<Vec<Told>> {
    let mut table = Table::new(rows, true);
    table.hidden_sums = sums.iter().map(|sum| sum.exactly().is_none()).collect();
    for (cells, _) in table.hidden.iter_mut().zip(&table.hidden_sums).filter(|(_, sum)| **sum) {
        cells.fill(true);
    }
    table.protect();
    table.told()
}

/// Row and column.
type Cell = (usize, usize);

struct Table {
    counts: Vec<Vec<u32>>,
    hidden: Vec<Vec<bool>>,
    /// Of rows.
    hidden_sums: Vec<bool>,
    columns: usize,
    /// The sums of columns are known, not those of rows only.
    is_crossed: bool,
}

impl Table {
    fn new(counts: Vec<Vec<u32>>, is_crossed: bool) -> Self {
        let is_few = |count: &u32| (1..SMALLEST_CELL).contains(count);
        let hidden = counts.iter().map(|row| row.iter().map(is_few).collect()).collect();
        let columns = counts.first().map_or(0, Vec::len);
        let hidden_sums = vec![false; counts.len()];
        Self { counts, hidden, hidden_sums, columns, is_crossed }
    }

    fn told(&self) -> Vec<Vec<Told>> {
        let tell = |(count, hidden): (&u32, &bool)| match (*hidden, *count < SMALLEST_CELL) {
            (false, _) => Told::Exactly(*count),
            (true, true) => Told::Few,
            (true, false) => Told::Several,
        };
        let rows = self.counts.iter().zip(&self.hidden);
        rows.map(|(counts, hidden)| counts.iter().zip(hidden).map(tell).collect()).collect()
    }

    fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let (rows, columns) = (self.counts.len(), self.columns);
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
    }

    fn count(&self, (row, column): Cell) -> u32 {
        self.counts[row][column]
    }

    fn is_hidden(&self, (row, column): Cell) -> bool {
        self.hidden[row][column]
    }

    /// Hides more until none of the few can be computed; where nothing helps against that,
    /// nothing more is hidden for it.
    fn protect(&mut self) {
        let is_few = |cell: &Cell| (1..SMALLEST_CELL).contains(&self.count(*cell));
        let few: Vec<Cell> = self.cells().filter(is_few).collect();
        for cell in few {
            let before = self.hidden.clone();
            while self.is_computed(cell) {
                let Some(more) = self.cheapest_way(cell).or_else(|| self.smallest(cell)) else {
                    self.hidden = before;
                    break;
                };
                self.set(&more, true);
            }
        }
    }

    /// What else is to be hidden, as little as does, so that `cell` and others may be
    /// imagined greater and smaller in turn: those of a rectangle with it, or of its row.
    fn cheapest_way(&mut self, cell: Cell) -> Option<Vec<Cell>> {
        let (row, column) = cell;
        let corners = |other: Cell| {
            if self.is_crossed {
                vec![(row, other.1), (other.0, column), other]
            } else {
                vec![other]
            }
        };
        let is_beside = |other: &Cell| {
            other.1 != column && if self.is_crossed { other.0 != row } else { other.0 == row }
        };
        let mut ways: Vec<Vec<Cell>> = self
            .cells()
            .filter(is_beside)
            .map(corners)
            .map(|way| way.into_iter().filter(|at| !self.is_hidden(*at)).collect())
            .filter(|way: &Vec<Cell>| !way.is_empty())
            .collect();
        ways.sort_by_key(|way| (way.iter().map(|at| self.count(*at)).sum::<u32>(), way.len()));
        ways.into_iter().find(|way| {
            self.set(way, true);
            let is_computed = self.is_computed(cell);
            self.set(way, false);
            !is_computed
        })
    }

    fn set(&mut self, cells: &[Cell], is_hidden: bool) {
        for (row, column) in cells {
            self.hidden[*row][*column] = is_hidden;
        }
    }

    /// The smallest count in the row or column of a cell, or anywhere.
    fn smallest(&self, (row, column): Cell) -> Option<Vec<Cell>> {
        let is_far = |at: Cell| at.0 != row && at.1 != column;
        let all = self.cells().filter(|at| !self.is_hidden(*at));
        all.min_by_key(|at| (is_far(*at), self.count(*at))).map(|at| vec![at])
    }

    /// Only one count of a hidden cell fits all that is told.
    fn is_computed(&self, cell: Cell) -> bool {
        let ends = (Node::Row(cell.0), Node::Column(cell.1));
        let may_grow = self.may_grow(cell) && self.leads(ends.1, ends.0, cell);
        let may_shrink = self.may_shrink(cell) && self.leads(ends.0, ends.1, cell);
        !may_grow && !may_shrink
    }

    /// It might be greater by one for all that is told of it alone.
    fn may_grow(&self, cell: Cell) -> bool {
        self.is_hidden(cell) && can_grow(self.count(cell))
    }

    fn may_shrink(&self, cell: Cell) -> bool {
        self.is_hidden(cell) && can_shrink(self.count(cell))
    }

    fn sum(&self, row: usize) -> u32 {
        self.counts[row].iter().sum()
    }

    /// Hidden cells, greater and smaller in turn, lead from one sum to another and leave
    /// every sum on the way as it is.
    fn leads(&self, from: Node, to: Node, without: Cell) -> bool {
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(node) = seen.get(at).copied() {
            if node == to {
                return true;
            }
            for next in self.beside(node, without) {
                if !seen.contains(&next) {
                    seen.push(next);
                }
            }
            at += 1;
        }
        false
    }

    fn beside(&self, node: Node, without: Cell) -> Vec<Node> {
        let (rows, columns) = (|| 0..self.counts.len(), || 0..self.columns);
        match node {
            Node::Row(row) => columns()
                .filter(|column| (row, *column) != without && self.may_grow((row, *column)))
                .map(Node::Column)
                .chain((self.hidden_sums[row] && can_shrink(self.sum(row))).then_some(Node::Sums))
                .collect(),
            Node::Column(column) => rows()
                .filter(|row| (*row, column) != without && self.may_shrink((*row, column)))
                .map(Node::Row)
                .chain((!self.is_crossed).then_some(Node::Unknown))
                .collect(),
            Node::Sums => rows()
                .filter(|row| self.hidden_sums[*row] && can_grow(self.sum(*row)))
                .map(Node::Row)
                .collect(),
            Node::Unknown => columns().map(Node::Column).collect(),
        }
    }
}

/// A hidden count might be greater by one and still as many as is said.
fn can_grow(count: u32) -> bool {
    count != SMALLEST_CELL - 1
}

fn can_shrink(count: u32) -> bool {
    count != 0 && count != SMALLEST_CELL
}

/// A sum that hidden cells are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Row(usize),
    Column(usize),
    /// Of all rows.
    Sums,
    /// Whatever takes up what is left of columns whose sums are not known.
    Unknown,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Told::{Exactly, Few, Several};
    use super::*;

    #[test]
    fn few_are_not_told_and_not_to_be_had_by_subtraction() {
        assert_eq!(told(&[9, 0, 7]), [Exactly(9), Exactly(0), Exactly(7)]);
        assert_eq!(told(&[9, 3, 7]), [Exactly(9), Few, Several], "one alone would be the rest");
        assert_eq!(told(&[9, 1, 3, 8]), [Exactly(9), Few, Few, Exactly(8)], "or two and two");
        assert_eq!(told(&[9, 4, 4, 8]), [Exactly(9), Few, Few, Several], "eight of two");
        assert_eq!(told(&[9, 3, 0, 0]), [Exactly(9), Few, Few, Exactly(0)], "none costs least");
        assert_eq!(told(&[3]), [Few]);
    }

    #[test]
    fn what_cannot_be_hidden_takes_nothing_else_with_it() {
        assert_eq!(
            told_crossed(vec![vec![3], vec![9]], &[Exactly(3), Exactly(9)])[1],
            [Exactly(9)]
        );
    }

    #[test]
    fn a_row_whose_sum_is_hidden_does_not_add_up_to_it() {
        let rows = vec![vec![4, 0], vec![6, 0], vec![20, 30]];
        let told = told_crossed(rows, &[Few, Several, Exactly(50)]);
        assert_eq!(told, [[Few, Few], [Several, Few], [Exactly(20), Exactly(30)]]);
    }

    #[test]
    fn a_cell_of_a_table_is_not_to_be_had_by_the_sums_of_its_row_and_column() {
        let rows = vec![vec![20, 3, 30], vec![40, 60, 50], vec![70, 80, 90]];
        let told = told_crossed(rows, &[53, 150, 240].map(Exactly));
        assert_eq!(told[0], [Several, Few, Exactly(30)]);
        assert_eq!(told[1], [Several, Several, Exactly(50)]);
        assert_eq!(told[2], [Exactly(70), Exactly(80), Exactly(90)]);
    }

    fn bounds(told: Told) -> (u32, u32) {
        match told {
            Exactly(count) => (count, count),
            Few => (0, 4),
            Several => (5, u32::MAX),
        }
    }

    /// Goes through all tables with the same sums of columns in which each cell and each
    /// row's sum holds what is told of it, and gathers what each of them may be.
    struct Search<'a> {
        told: &'a [Vec<Told>],
        sums: &'a [Told],
        columns_left: Vec<u32>,
        tried: Vec<Vec<u32>>,
        cells: Vec<Vec<BTreeSet<u32>>>,
        rows: Vec<BTreeSet<u32>>,
    }

    impl Search<'_> {
        fn go_on(&mut self, (row, column): Cell) {
            if row == self.told.len() {
                for (at, tried) in self.tried.iter().enumerate() {
                    self.rows[at].insert(tried.iter().sum());
                    for (seen, tried) in self.cells[at].iter_mut().zip(tried) {
                        seen.insert(*tried);
                    }
                }
                return;
            }
            let (low, high) = bounds(self.told[row][column]);
            let (sum_low, sum_high) = bounds(self.sums[row]);
            let sum: u32 = self.tried[row][..column].iter().sum();
            let left = self.columns_left[column];
            let is_last_column = column + 1 == self.columns_left.len();
            let low = if is_last_column { low.max(sum_low.saturating_sub(sum)) } else { low };
            let low = if row + 1 == self.told.len() { low.max(left) } else { low };
            for count in low..=high.min(left).min(sum_high.saturating_sub(sum)) {
                self.tried[row][column] = count;
                self.columns_left[column] = left - count;
                self.go_on(if is_last_column { (row + 1, 0) } else { (row, column + 1) });
            }
            self.columns_left[column] = left;
        }
    }

    /// From one to four of which only one count is possible: cells, and sums of rows, which
    /// stand in a column of their own.
    fn computed(counts: &[Vec<u32>], told: &[Vec<Told>], sums: &[Told]) -> BTreeSet<Cell> {
        let columns = counts[0].len();
        let mut search = Search {
            told,
            sums,
            columns_left: (0..columns).map(|at| counts.iter().map(|row| row[at]).sum()).collect(),
            tried: counts.to_vec(),
            cells: vec![vec![BTreeSet::new(); columns]; counts.len()],
            rows: vec![BTreeSet::new(); counts.len()],
        };
        search.go_on((0, 0));
        let is_known = |seen: &BTreeSet<u32>| {
            seen.len() == 1 && (1..5).contains(&seen.first().copied().unwrap_or(0))
        };
        let mut known = BTreeSet::new();
        for (row, cells) in search.cells.iter().enumerate() {
            let seen = cells.iter().chain([&search.rows[row]]).enumerate();
            known.extend(seen.filter(|(_, seen)| is_known(seen)).map(|(at, _)| (row, at)));
        }
        known
    }

    fn least(count: u32) -> Told {
        if count < 5 { Few } else { Several }
    }

    /// As little is told as can be.
    fn hopeless(counts: &[Vec<u32>], sums: &[Told]) -> BTreeSet<Cell> {
        let told: Vec<Vec<Told>> =
            counts.iter().map(|row| row.iter().copied().map(least).collect()).collect();
        computed(counts, &told, sums)
    }

    fn sums(rows: &[Vec<u32>]) -> Vec<u32> {
        rows.iter().map(|row| row.iter().sum()).collect()
    }

    fn is_true_and_hides_few(counts: &[u32], told: &[Told]) -> bool {
        counts.iter().zip(told).all(|(count, told)| {
            let (low, high) = bounds(*told);
            (low..=high).contains(count) && (*told == Few || !(1..5).contains(count))
        })
    }

    proptest! {
        #[test]
        fn no_cell_of_few_can_be_computed_that_could_be_hidden(
            rows in prop::collection::vec(prop::collection::vec(0..9_u32, 3), 3),
        ) {
            let sums: Vec<Told> = sums(&rows).into_iter().map(Exactly).collect();
            let told = told_crossed(rows.clone(), &sums);
            for (counts, told) in rows.iter().zip(&told) {
                prop_assert!(is_true_and_hides_few(counts, told), "{:?} {:?}", counts, told);
            }
            let (computed, hopeless) = (computed(&rows, &told, &sums), hopeless(&rows, &sums));
            prop_assert!(computed.is_subset(&hopeless), "{:?} {:?}", computed, told);
        }

        #[test]
        fn no_row_of_few_can_be_computed_out_of_its_cells(
            rows in prop::collection::vec(prop::collection::vec(0..7_u32, 2), 3),
        ) {
            let counts = sums(&rows);
            let sums = told(&counts);
            prop_assert!(is_true_and_hides_few(&counts, &sums));
            let told = told_crossed(rows.clone(), &sums);
            let (computed, hopeless) = (computed(&rows, &told, &sums), hopeless(&rows, &sums));
            prop_assert!(computed.is_subset(&hopeless), "{:?} {:?} {:?}", computed, sums, told);
        }

        #[test]
        fn no_rest_can_be_computed_that_could_be_hidden(
            counts in prop::collection::vec(0..9_u32, 1..6),
        ) {
            // Of what one has too many another, of whom nothing is known, may have had.
            let rest = vec![40; counts.len()];
            let (rows, told) = (vec![counts.clone(), rest], told(&counts));
            let sums: Vec<Told> = sums(&rows).into_iter().map(Exactly).collect();
            let beside = vec![told, vec![Several; counts.len()]];
            let (computed, hopeless) = (computed(&rows, &beside, &sums), hopeless(&rows, &sums));
            prop_assert!(computed.is_subset(&hopeless), "{:?} {:?}", computed, beside);
        }
    }
}
