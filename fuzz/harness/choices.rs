//! A fuzzer's bytes as a row of choices: once they have run out, every choice is the first one.

/// What is left to choose by.
#[derive(Debug)]
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// One of 256 at most.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count.max(1)
    }

    pub(crate) fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    /// Yes, once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// A number: small, at a border, or whatever comes.
    pub(crate) fn number(&mut self) -> u64 {
        const BORDERS: [u64; 12] = [
            0,
            1,
            0xffff,
            0x1_0000,
            0x7fff_ffff,
            0xffff_fffe,
            0xffff_ffff,
            0x1_0000_0000,
            262_143_999,
            262_144_000,
            1 << 63,
            u64::MAX,
        ];
        match self.below(3) {
            0 => self.byte().into(),
            1 => self.of(&BORDERS),
            _ => (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte())),
        }
    }

    /// The low half of a half of a number.
    pub(crate) fn short(&mut self) -> u16 {
        let [first, second, ..] = self.number().to_le_bytes();
        u16::from_le_bytes([first, second])
    }

    /// The low half of a number.
    pub(crate) fn word(&mut self) -> u32 {
        let [first, second, third, fourth, ..] = self.number().to_le_bytes();
        u32::from_le_bytes([first, second, third, fourth])
    }

    /// So many bytes as there are, up to 255.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let length = self.below(256).min(self.0.len());
        self.rest(length)
    }

    /// The next bytes, at most `length`.
    pub(crate) fn rest(&mut self, length: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        head
    }
}
