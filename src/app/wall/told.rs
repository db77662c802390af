//! How much of a count a wall may tell: fewer than five are nobody's news, and must not be
//! had out of what else is told beside it either.
//!
//! The counts of a table hang together by the sums of its rows and columns. What is not
//! told may be imagined greater by one, if others that are not told make up for it without
//! leaving what is known of them: that is a way through the table from a row to a column.

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

/// A count and what is known of it anyhow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) count: u32,
    pub(super) least: u32,
    pub(super) most: u32,
}

impl From<u32> for Count {
    fn from(count: u32) -> Self {
        Self { count, least: 0, most: u32::MAX }
    }
}

/// A row of a table; its sum is told with it.
#[derive(Clone, Debug)]
pub(super) struct Row<T = Count> {
    pub(super) cells: Vec<T>,
    pub(super) sum: T,
}

/// Of counts whose sum is known.
pub(super) fn told<C: Into<Count>>(counts: impl IntoIterator<Item = C>) -> Vec<Told> {
    let slots = counts.into_iter().map(|count| Slot::of(count.into())).collect();
    let mut table = Table { rows: vec![slots], sums: None };
    table.protect();
    table.rows[0].iter().map(Slot::told).collect()
}

/// Of the rows of a table and their sums. The sum of each column is known. What stands in
/// none of the columns is part of its row's sum and not told, but protected as a cell is.
pub(super) fn told_crossed(rows: Vec<Row>) -> Vec<Row<Told>> {
    let columns = rows.first().map_or(0, |row| row.cells.len());
    let slots = |row: Row| {
        let rest = row.sum.count.saturating_sub(row.cells.iter().map(|cell| cell.count).sum());
        let told = row.cells.into_iter().map(Slot::of);
        told.chain([Slot::untold(rest), Slot::of(row.sum)]).collect()
    };
    let mut table = Table { rows: rows.into_iter().map(slots).collect(), sums: Some(columns + 1) };
    table.protect();
    let row = |slots: &Vec<Slot>| {
        let mut cells: Vec<Told> = slots.iter().map(Slot::told).collect();
        let sum = cells.split_off(columns)[1];
        Row { cells, sum }
    };
    table.rows.iter().map(row).collect()
}

/// Row and column.
type Cell = (usize, usize);

/// A count in its place.
#[derive(Clone, Copy, Debug)]
struct Slot {
    count: u32,
    /// Between these it lies for whoever is not told it.
    least: u32,
    most: u32,
    is_hidden: bool,
    /// It is one that has to be hidden.
    is_few: bool,
}

impl Slot {
    fn of(known: Count) -> Self {
        let (least, most) = if known.count < SMALLEST_CELL {
            (known.least, known.most.min(SMALLEST_CELL - 1))
        } else {
            (known.least.max(SMALLEST_CELL), known.most)
        };
        let is_few = (1..SMALLEST_CELL).contains(&known.count);
        Self { count: known.count, least, most, is_hidden: is_few, is_few }
    }

    fn untold(count: u32) -> Self {
        let is_few = (1..SMALLEST_CELL).contains(&count);
        Self { count, least: 0, most: u32::MAX, is_hidden: true, is_few }
    }

    fn told(&self) -> Told {
        match (self.is_hidden, self.count < SMALLEST_CELL) {
            (false, _) => Told::Exactly(self.count),
            (true, true) => Told::Few,
            (true, false) => Told::Several,
        }
    }

    /// It might be greater by one for all that is told of it alone.
    fn may_grow(&self) -> bool {
        self.is_hidden && self.count < self.most
    }

    fn may_shrink(&self) -> bool {
        self.is_hidden && self.count > self.least
    }
}

/// A sum that hidden counts are part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    /// Too little by one.
    Row(usize),
    /// Too much by one.
    Column(usize),
    /// The column of the rows' own sums: too little by one.
    Sums,
    /// Whatever takes up what is left of columns whose sums are not known.
    Unknown,
}

struct Table {
    rows: Vec<Vec<Slot>>,
    /// The column of the rows' sums. Without one the sums of rows are known, and those of
    /// columns are not.
    sums: Option<usize>,
}

impl Table {
    fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let (rows, columns) = (self.rows.len(), self.rows.first().map_or(0, Vec::len));
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)))
    }

    fn slot(&self, (row, column): Cell) -> &Slot {
        &self.rows[row][column]
    }

    /// Hides more until none of the few can be computed; where nothing helps against that,
    /// nothing more is hidden for it.
    fn protect(&mut self) {
        let few: Vec<Cell> = self.cells().filter(|cell| self.slot(*cell).is_few).collect();
        for cell in &few {
            self.hide(&[*cell]);
        }
        for cell in few {
            let before = self.rows.clone();
            while self.is_computed(cell) {
                let Some(more) = self.cheapest_way(cell).or_else(|| self.smallest(cell)) else {
                    self.rows = before;
                    break;
                };
                self.hide(&more);
            }
        }
    }

    /// Of a row whose sum is not told no cell is.
    fn hide(&mut self, cells: &[Cell]) {
        for (row, column) in cells {
            let slots = &mut self.rows[*row];
            slots[*column].is_hidden = true;
            if self.sums == Some(*column) {
                for slot in slots {
                    slot.is_hidden = true;
                }
            }
        }
    }

    /// What else is to be hidden, as little as does, so that `cell` and others may be
    /// imagined greater and smaller in turn: those of a rectangle with it, or of its row, or
    /// the sum of a row.
    fn cheapest_way(&mut self, cell: Cell) -> Option<Vec<Cell>> {
        let (row, column) = cell;
        let is_crossed = self.sums.is_some();
        let is_sum = |at: Cell| self.sums == Some(at.1);
        let way = |other: Cell| match other {
            _ if is_sum(other) || !is_crossed => vec![other],
            _ => vec![(row, other.1), (other.0, column), other],
        };
        let is_beside = |other: &Cell| {
            is_sum(*other) || !is_sum(cell) && other.1 != column && (other.0 != row) == is_crossed
        };
        let told = |way: Vec<Cell>| -> Vec<Cell> {
            way.into_iter().filter(|at| !self.slot(*at).is_hidden).collect()
        };
        let mut ways: Vec<Vec<Cell>> = self
            .cells()
            .filter(is_beside)
            .map(way)
            .map(told)
            .filter(|way| !way.is_empty())
            .collect();
        let cost = |way: &Vec<Cell>| way.iter().map(|at| self.slot(*at).count).sum::<u32>();
        ways.sort_by_key(|way| (cost(way), way.len()));
        let before = self.rows.clone();
        ways.into_iter().find(|way| {
            self.hide(way);
            let is_computed = self.is_computed(cell);
            self.rows.clone_from(&before);
            !is_computed
        })
    }

    /// The smallest count in the row or column of a cell, or anywhere; a sum comes last.
    fn smallest(&self, (row, column): Cell) -> Option<Vec<Cell>> {
        let is_far = |at: Cell| at.0 != row && at.1 != column;
        let all = self.cells().filter(|at| !self.slot(*at).is_hidden);
        let order = |at: &Cell| (self.sums == Some(at.1), is_far(*at), self.slot(*at).count);
        all.min_by_key(order).map(|at| vec![at])
    }

    /// Only one count of a hidden cell fits all that is told.
    fn is_computed(&self, cell: Cell) -> bool {
        let (row, column) = (Node::Row(cell.0), Node::Column(cell.1));
        // A sum that grows leaves too little in its row, a cell too much in its column.
        let [grown, shrunk] = if self.sums == Some(cell.1) {
            [(row, Node::Sums), (Node::Sums, row)]
        } else {
            [(column, row), (row, column)]
        };
        let slot = self.slot(cell);
        let may_grow = slot.may_grow() && self.leads(grown.0, grown.1, cell);
        let may_shrink = slot.may_shrink() && self.leads(shrunk.0, shrunk.1, cell);
        !may_grow && !may_shrink
    }

    /// Hidden counts, greater and smaller in turn, lead from one sum to another and leave
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
        let rows = 0..self.rows.len();
        let columns = 0..self.rows.first().map_or(0, Vec::len);
        let grows = |at: Cell| at != without && self.slot(at).may_grow();
        let shrinks = |at: Cell| at != without && self.slot(at).may_shrink();
        match node {
            Node::Row(row) => {
                let sums = self.sums.filter(|sums| shrinks((row, *sums))).map(|_| Node::Sums);
                let cells = columns.filter(|at| self.sums != Some(*at) && grows((row, *at)));
                cells.map(Node::Column).chain(sums).collect()
            }
            Node::Column(column) => {
                let unknown = self.sums.is_none().then_some(Node::Unknown);
                rows.filter(|row| shrinks((*row, column))).map(Node::Row).chain(unknown).collect()
            }
            Node::Sums => {
                let grows = |row: &usize| self.sums.is_some_and(|sums| grows((*row, sums)));
                rows.filter(grows).map(Node::Row).collect()
            }
            Node::Unknown => columns.map(Node::Column).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
