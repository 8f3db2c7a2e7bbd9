"""Archives of checkpoints: zip files whose records are stored as they are, each at a multiple of 64 bytes.

Written as PyTorch 2.x writes them, byte for byte but for the serialization id: sizes and checksums stand in a
descriptor behind each record and in the central directory, the extra field `FB` pads a record's beginning, and the end
of the directory is given twice, as ZIP64 and as zip. Reading takes any zip file whose records are stored or deflated.
"""

import zlib
from struct import Struct
from struct import error as _StructError

_LOCAL = Struct("<IHHHHHIIIHH")
_CENTRAL = Struct("<IHHHHHHIIIHHHHHII")
_END = Struct("<IHHHHIIH")
_END64 = Struct("<IQHHIIQQQQ")
_LOCATOR64 = Struct("<IIQI")
_FLAGS = 0x0808  # a descriptor follows the record; names are UTF-8
_MAX32 = 0xFFFFFFFF
_HINT = (
    " This is an internal miniz error. If you are seeing this error, there is a high likelihood that your checkpoint"
    " file is corrupted. This can happen if the checkpoint was not saved properly, was transferred incorrectly, or"
    " the file was modified after saving."
)


def _failed(doing, what):
    return RuntimeError(f"PytorchStreamReader failed {doing}: {what}.{_HINT}")


class Writer:
    """Writes an archive to `write`, a function of bytes. Records stand in the folder `name`."""

    def __init__(self, write, name, alignment=64, checksums=True):
        self._write = write
        self._name = name
        self._alignment = alignment
        self._checksums = checksums
        self._at = 0
        self._directory = []

    def _put(self, data):
        self._write(data)
        self._at += len(data)

    def record(self, name, data):
        """Adds a record: a bytes-like object of single bytes."""
        name = f"{self._name}/{name}".encode()
        start, size = self._at, len(data)
        crc = zlib.crc32(data) if self._checksums else 0
        pad = -(start + _LOCAL.size + len(name) + 4) % self._alignment
        head = _LOCAL.pack(0x04034B50, 0, _FLAGS, 0, 0, 0, 0, 0, 0, len(name), 4 + pad)
        extra = b"FB" + pad.to_bytes(2, "little") + b"Z" * pad
        self._put(head + name + extra)
        if size:
            self._put(data)
        wide = "<IIQQ" if size > _MAX32 else "<IIII"
        self._put(Struct(wide).pack(0x08074B50, crc, size, size))
        self._directory.append((name, start, size, crc))

    def _serialization_id(self):
        names = crcs = 0
        for name, _, _, crc in self._directory:
            names = (names * 1_000_003 ^ zlib.crc32(name)) % 10**20
            crcs = (crcs * 1_000_003 ^ crc) % 10**20
        return b"%020d%020d" % (names, crcs)

    def close(self):
        """Writes what names the records: without it, there is no archive."""
        self.record("version", b"3\n")
        self.record(".data/serialization_id", self._serialization_id())
        directory = self._at
        for name, start, size, crc in self._directory:
            wide = [n for n in (size, size, start) if n >= _MAX32]
            extra = Struct(f"<HH{len(wide)}Q").pack(1, 8 * len(wide), *wide) if wide else b""
            size, start = min(size, _MAX32), min(start, _MAX32)
            fields = (0x02014B50, 0, 0, _FLAGS, 0, 0, 0, crc, size, size, len(name), len(extra), 0, 0, 0, 0, start)
            self._put(_CENTRAL.pack(*fields) + name + extra)
        end, count = self._at, len(self._directory)
        nbytes = end - directory
        self._put(_END64.pack(0x06064B50, 44, 0x031E, 45, 0, 0, count, count, nbytes, directory))
        self._put(_LOCATOR64.pack(0x07064B50, 0, end, 1))
        few = min(count, 0xFFFF)
        self._put(_END.pack(0x06054B50, 0, 0, few, few, min(nbytes, _MAX32), min(directory, _MAX32), 0))


class Reader:
    """The records of an archive that begins where the file `f` stands."""

    def __init__(self, f):
        self._f = f
        self._start = f.tell()
        f.seek(0, 2)
        self._end = f.tell() - self._start
        try:
            self._records = self._read_directory()
        except (_StructError, IndexError, UnicodeDecodeError):
            raise _failed("reading zip archive", "invalid header or archive is corrupted") from None
        if not self._records:
            raise RuntimeError("PytorchStreamReader failed reading zip archive: there are no files in it.")
        first = next(iter(self._records))
        folder, slash, _ = first.partition("/")
        if not slash:
            raise RuntimeError(f"file in archive is not in a subdirectory: {first}")
        self._folder = folder + "/"

    def _at(self, offset, n):
        if not 0 <= offset <= offset + n <= self._end:
            raise _failed("reading zip archive", "invalid header or archive is corrupted")
        self._f.seek(self._start + offset)
        data = self._f.read(n)
        if len(data) != n:
            raise _failed("reading zip archive", "invalid header or archive is corrupted")
        return data

    def _read_directory(self):
        tail_at = max(0, self._end - _END.size - 0xFFFF)
        tail = self._at(tail_at, self._end - tail_at)
        i = tail.rfind(b"PK\x05\x06")
        if i < 0 or i + _END.size > len(tail):
            raise _failed("reading zip archive", "failed finding central directory")
        _, _, _, _, count, nbytes, offset, _ = _END.unpack_from(tail, i)
        end = tail_at + i
        if end >= _LOCATOR64.size:
            magic, _, at, _ = _LOCATOR64.unpack(self._at(end - _LOCATOR64.size, _LOCATOR64.size))
            if magic == 0x07064B50:
                end64 = _END64.unpack(self._at(at, _END64.size))
                if end64[0] == 0x06064B50:
                    count, nbytes, offset = end64[7:]
        directory = self._at(offset, nbytes)
        records, i = {}, 0
        for _ in range(count):
            magic, _, _, _, method, _, _, crc, packed, size, n, extra, comment, _, _, _, at = _CENTRAL.unpack_from(
                directory, i
            )
            if magic != 0x02014B50:
                raise _failed("reading zip archive", "invalid header or archive is corrupted")
            i += _CENTRAL.size
            name = directory[i : i + n].decode()
            size, packed, at = _wide(directory[i + n : i + n + extra], size, packed, at)
            records[name] = (method, at, packed, size, crc)
            i += n + extra + comment
        return records

    def names(self):
        """Names of the records, without the folder."""
        n = len(self._folder)
        return [name[n:] for name in self._records if name.startswith(self._folder)]

    def __contains__(self, name):
        return self._folder + name in self._records

    def _find(self, name):
        found = self._records.get(self._folder + name)
        if found is None:
            raise _failed(f"locating file {name}", "file not found")
        method, at, packed, size, _ = found
        magic, _, _, _, _, _, _, _, _, n, extra = _LOCAL.unpack(self._at(at, _LOCAL.size))
        at += _LOCAL.size + n + extra
        if magic != 0x04034B50 or at + packed > self._end or (method == 0 and packed != size):
            raise _failed(f"reading file {name}", "invalid header or archive is corrupted")
        if method not in (0, 8):
            raise _failed(f"reading file {name}", "unsupported method")
        return method, at, packed, size

    def size(self, name):
        """Size of a record in bytes."""
        return self._find(name)[3]

    def place(self, name):
        """Where a record's bytes stand in the file; `None` if they are compressed."""
        method, at, _, _ = self._find(name)
        return self._start + at if method == 0 else None

    def read(self, name):
        """A record's bytes."""
        method, at, packed, size = self._find(name)
        data = self._at(at, packed)
        return data if method == 0 else _inflate(name, data, size)

    def read_into(self, name, out):
        """Fills `out`, a memoryview of as many bytes as the record has."""
        method, at, _, size = self._find(name)
        if len(out) != size:
            raise _failed(f"reading file {name}", f"it has {size} bytes and should have {len(out)}")
        if method or not hasattr(self._f, "readinto"):
            out[:] = self.read(name)
            return
        self._f.seek(self._start + at)
        while len(out):
            n = self._f.readinto(out)
            if not n:
                raise _failed(f"reading file {name}", "file read failed")
            out = out[n:]


def _wide(extra, *numbers):
    """Those of the numbers that did not fit 32 bits, from the extra field 1."""
    i = 0
    while i + 4 <= len(extra):
        kind, n = int.from_bytes(extra[i : i + 2], "little"), int.from_bytes(extra[i + 2 : i + 4], "little")
        if kind == 1:
            wide = iter(Struct(f"<{n // 8}Q").unpack_from(extra, i + 4))
            return [next(wide, x) if x == _MAX32 else x for x in numbers]
        i += 4 + n
    return numbers


def _inflate(name, data, size):
    unpacker = zlib.decompressobj(-15)
    try:
        out = unpacker.decompress(data, size) if size else b""
    except zlib.error as e:
        raise _failed(f"reading file {name}", str(e)) from None
    if len(out) != size:
        raise _failed(f"reading file {name}", "decompression failed")
    return out
