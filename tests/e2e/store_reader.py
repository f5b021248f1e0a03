"""A reader of store directories, written from orchestrator/state/FORMAT.md alone.

It shares nothing with the product but that page: where the two disagree, the page or the product is wrong. It reads,
changes nothing, and gives what `store inspect` prints, except the state that records add to a snapshot's.
Errors: Damaged (exit 65 of the product), Refused (a newer format, another kind).
"""

import json
import os
import re
import struct

HEADER, FRAME, END = 4096, 48, 48
BEGIN, EPOCH, RECORDS, NEXT, CLEAN_STOP = 1, 2, 3, 4, 5
PAGE, ENTRIES, INDEX, DIRECTORY = 4096, 16, 17, 18
MARK_BYTES = {BEGIN: 16, EPOCH: 16, NEXT: 24, CLEAN_STOP: 8}


class Damaged(Exception):
    def __init__(self, file, offset, reason):
        super().__init__(f"{file} at {offset}: {reason}")
        self.file, self.offset = file, offset


class Refused(Exception):
    pass


def _table():
    rows = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
        rows.append(n)
    return rows


TABLE = _table()


def crc32c(data, start=0):
    table, crc = TABLE, start ^ 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


class Frame:
    def __init__(self, data, at):
        (_, self.length, self.epoch, self.sequence, self.durable_upto, self.forced_bytes, self.count, _, self.type,
         self.flags, _) = struct.unpack_from("<IIQQQIIIBBH", data, at)
        self.end = at + FRAME + (self.length + 7) // 8 * 8
        self.payload = data[at + FRAME:at + FRAME + self.length]

    def records(self):
        found, at = [], 0
        while at < len(self.payload):
            if at + 4 > len(self.payload):
                return None
            (length,) = struct.unpack_from("<I", self.payload, at)
            if at + 4 + length > len(self.payload):
                return None
            found.append(self.payload[at + 4:at + 4 + length])
            at += 4 + length
        return found if found and len(found) == self.count else None


class Segment:
    """Section 2: the header, and the frames that check out by themselves."""

    def __init__(self, directory, name):
        with open(os.path.join(directory, name), "rb") as file:
            self.data = file.read()
        self.file = name
        data = self.data
        if len(data) < HEADER or data[:8] != b"S1MPLWAL":
            raise Damaged(name, 0, "no header")
        (self.format, reader, self.number, size, seq, self.epoch, flags, self.state_format) = \
            struct.unpack_from("<IIQQQQII", data, 8)
        if reader > 1:
            raise Refused(f"{name} needs reader {reader}")
        if crc32c(data[:4092]) != struct.unpack_from("<I", data, 4092)[0]:
            raise Damaged(name, 0, "header checksum")
        if size != len(data) or name != f"events-{seq:012d}.wal":
            raise Damaged(name, 0, "another size or name")
        self.recycled = bool(flags & 1)
        self.kind = data[56:88].rstrip(b"\0").decode()
        self.salt = crc32c(struct.pack("<Q", self.number))

    def claimed(self, at):
        if at + FRAME > len(self.data) or self.data[at + 40:at + 44] != b"FRM1":
            return None
        frame = Frame(self.data, at)
        return frame if frame.end <= len(self.data) else None

    def frame(self, at):
        frame = self.claimed(at)
        if not frame or crc32c(self.data[at + 4:frame.end], self.salt) != struct.unpack_from("<I", self.data, at)[0]:
            return None
        return frame

    def has_begun(self):
        first = self.frame(HEADER)
        return first is not None and first.type == BEGIN


class Snapshot:
    """Section 4: header, body, and that no byte is anything else."""

    def __init__(self, directory, name):
        with open(os.path.join(directory, name), "rb") as file:
            data = file.read()
        self.file = name
        if len(data) < 2048:
            raise Damaged(name, 0, "shorter than its header")
        head = data[:2048]
        stated = re.search(rb'"header_crc32c":"([0-9a-f]{8})"', head)
        if not stated:
            raise Damaged(name, 0, "no header checksum")
        blank = head[:stated.start(1)] + b"0" * 8 + head[stated.end(1):]
        if crc32c(blank) != int(stated.group(1), 16):
            newer = re.search(rb'"minimum_reader":(\d+)', head)
            if newer and int(newer.group(1)) > 1:
                raise Refused(name)
            raise Damaged(name, 0, "header checksum")
        header = json.loads(head.rstrip().removesuffix(b'"state":').rstrip().removesuffix(b",") + b"}")
        if header["minimum_reader"] > 1:
            raise Refused(name)
        self.header, self.seq, self.epoch = header, header["seq"], header["epoch"]
        self.digest = int(header["digest"], 16)
        if len(data) != 2048 + header["body_bytes"] + 2 or not data.endswith(b"}\n"):
            raise Damaged(name, 0, "another length or end")
        body = data[2048:-2]
        if crc32c(body) != int(header["body_crc32c"], 16):
            raise Damaged(name, 0, "body checksum")
        self.state = json.loads(body)
        json.loads(data)    # the whole file is one JSON object

    def is_newer_than(self, other):
        return (self.seq, self.epoch) > (other.seq, other.epoch)


class Archive:
    """Section 6: exactly the bytes that a snapshot names."""

    def __init__(self, directory, ref):
        self.file, self.ref = ref["file"], ref
        if self.file not in os.listdir(directory):
            raise Damaged(self.file, 0, "named, but missing")
        with open(os.path.join(directory, self.file), "rb") as file:
            data = file.read()
        if len(data) < ref["bytes"] or ref["bytes"] % PAGE or ref["bytes"] < 2 * PAGE:
            raise Damaged(self.file, min(len(data), ref["bytes"]), "another length than named")
        self.data = data = data[:ref["bytes"]]
        if data[:8] != b"S1MPLARC" or crc32c(data[:4092]) != struct.unpack_from("<I", data, 4092)[0]:
            raise Damaged(self.file, 0, "header")
        (reader, number) = struct.unpack_from("<IQ", data, 12)
        if reader > 1:
            raise Refused(self.file)
        self.salt = crc32c(struct.pack("<Q", number))
        if self.file != f"history-{number}.arc" or crc32c(data) != int(ref["crc32c"], 16):
            raise Damaged(self.file, 0, "another name, or another checksum than named")
        self.read_frames()
        self.check_index()

    def frame(self, at):
        if self.data[at + 40:at + 44] != b"FRM1":
            return None
        frame = Frame(self.data, at)
        stated = struct.unpack_from("<I", self.data, at)[0]
        return frame if crc32c(self.data[at + 4:frame.end], self.salt) == stated else None

    def read_frames(self):
        """Every entry, with the keys' slots that the index must hold; the last frame is the directory."""
        self.orders, self.fills, self.slots, self.pages, at, last = [], [], [], {}, PAGE, None
        while at < len(self.data):
            frame = self.frame(at)
            if frame is None:
                end = (at + PAGE - 1) // PAGE * PAGE
                if end == at or self.data[at:end].strip(b"\0"):
                    raise Damaged(self.file, at, "no frame")
                at = end
                continue
            if frame.type == ENTRIES:
                self.take_entries(frame, at)
            if frame.type == INDEX:
                self.pages[at] = [struct.unpack_from("<QQ", frame.payload, 16 * i) for i in range(frame.count)]
            last, at = frame, frame.end
        if last is None or last.type != DIRECTORY:
            raise Damaged(self.file, len(self.data) - PAGE, "no directory")
        self.directory = last.payload

    def take_entries(self, frame, at):
        for number, record in enumerate(frame.records()):
            keys, place = [], 1
            for _ in range(record[0]):
                (size,) = struct.unpack_from("<H", record, place)
                keys.append(record[place + 2:place + 2 + size])
                place += 2 + size
            row, known_as = json.loads(record[place:]), {b"c": "client_id", b"v": "order_id", b"e": "exec_id"}
            (self.orders if keys[0][:1] == b"c" else self.fills).append(row)
            if any(row[known_as[key[:1]]].encode() != key[1:] for key in keys):
                raise Damaged(self.file, at, "an entry under another id")
            self.slots += [(key_hash(key), at // 8 | number << 48) for key in keys]

    def check_index(self):
        found, (orders, fills, runs, _) = [], struct.unpack_from("<QQII", self.directory)
        for run in range(runs):
            offset, slots = struct.unpack_from("<QQ", self.directory, 24 + 16 * run)
            mine = sum((self.pages[offset + page * PAGE] for page in range((slots + 252) // 253)), [])
            if len(mine) != slots or mine != sorted(mine):
                raise Damaged(self.file, offset, "a run that is not what the directory says")
            found += mine
        if sorted(found) != sorted(self.slots) or (orders, fills) != (len(self.orders), len(self.fills)):
            raise Damaged(self.file, len(self.data) - PAGE, "the index holds something else than the entries")


def key_hash(key):
    full, value = (1 << 64) - 1, 0xCBF29CE484222325
    for byte in key:
        value = ((value ^ byte) * 0x100000001B3) & full
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = ((value ^ value >> 33) * factor) & full
    return value ^ value >> 33


class Store:
    """Section 5."""

    def __init__(self, directory):
        self.directory = directory
        self.names = sorted(os.listdir(directory))
        self.segments, self.unreadable = {}, []
        for name in self.names:
            if re.fullmatch(r"events-\d{12,}\.wal", name):
                try:
                    segment = Segment(directory, name)
                    if segment.number in self.segments:
                        raise Damaged(name, 0, "a number twice")
                    self.segments[segment.number] = segment
                except Damaged:
                    self.unreadable.append(name)
        self.epochs = [segment.epoch for segment in self.segments.values()]

    def candidate(self, name):
        """(snapshot, whether a bad one lies there)"""
        if name not in self.names:
            return None, False
        try:
            snapshot = Snapshot(self.directory, name)
        except Damaged:
            return None, True
        self.epochs.append(snapshot.epoch)
        return snapshot, False

    def choose(self):
        state, state_bad = self.candidate("state.json")
        journal, _ = self.candidate("state.json.journal")
        if journal and (state is None or journal.is_newer_than(state)):
            if state is None and not state_bad:
                self.check_first_start()
            return journal
        if state:
            return state
        if not state_bad:
            self.check_first_start()
            return None
        for name in reversed(self.names):
            if re.fullmatch(r"state-\d{12,}\.json", name):
                generation, _ = self.candidate(name)
                if generation:
                    return generation
        raise Damaged("state.json", 0, "does not check out, and no older generation does")

    def check_first_start(self):
        """Rule 13: missing is not empty."""
        for name in self.names:
            if re.fullmatch(r"state-\d{12,}\.json|history-\d+\.arc", name):
                raise Damaged("state.json", 0, f"missing beside {name}")
        if self.unreadable or any(segment.has_begun() for segment in self.segments.values()):
            raise Damaged("state.json", 0, "missing beside a log")

    def read(self):
        snapshot = self.choose()
        if snapshot is None:
            return {"ok": True, "seq": 0, "records": 0, "records_digest": "00000000", "snapshot_seq": 0,
                    "epoch": max(self.epochs, default=0), "clean_stop": False, "torn_bytes": 0, "empty": True}
        self.archives = [Archive(self.directory, ref) for ref in snapshot.header["archives"]]
        named = f"events-{snapshot.header['segment_name']:012d}.wal"
        segment = self.segments.get(snapshot.header["segment"])
        if segment is None or segment.file != named:
            raise Damaged(named, 0, "named by the snapshot, missing or bad")
        self.seq, self.digest, self.epoch, self.clean = snapshot.seq, snapshot.digest, 0, False
        self.passed = False
        self.trace, self.last_group = {self.seq: f"{self.digest:08x}"}, self.seq
        self.last_group_at = (segment.file, HEADER)
        before = None
        while True:
            at, following = self.walk(segment, snapshot, before)
            if following is None:
                break
            number, name = following
            before, segment = segment.number, self.segments.get(number)
            if segment is None or segment.file != f"events-{name:012d}.wal":
                raise Damaged(f"events-{name:012d}.wal", 0, "named as the continuation, missing or bad")
        torn = self.judge_end(segment, at)
        for other in self.segments.values():
            if other.number > segment.number and other.has_begun():
                raise Damaged(segment.file, at, "a later segment holds frames")
        for name in self.unreadable:
            if name > segment.file:
                raise Damaged(name, 0, "may have continued the log")
        if self.seq < snapshot.seq:
            raise Damaged(segment.file, at, "ends before its snapshot")
        return {"ok": True, "seq": self.seq, "records": self.seq - snapshot.seq, "records_digest": f"{self.digest:08x}",
                "snapshot_seq": snapshot.seq, "epoch": max(self.epochs + [self.epoch]),
                "clean_stop": self.clean and torn == 0, "torn_bytes": torn, "empty": False,
                "archived_orders": sum(len(archive.orders) for archive in self.archives),
                "archived_fills": sum(len(archive.fills) for archive in self.archives),
                "state": snapshot.state if self.seq == snapshot.seq else None}

    def walk(self, segment, snapshot, before):
        """The frames that are good at their place. Where they end, and the segment that a `next` leads to."""
        at, following = HEADER, None
        while True:
            frame = segment.frame(at)
            if frame is None or not self.continues(segment, frame, at, before):
                return at, following
            if following:
                raise Damaged(segment.file, at, "a frame behind `next`")
            if frame.type not in (BEGIN, EPOCH, RECORDS, NEXT, CLEAN_STOP) and not frame.flags & 1:
                raise Refused(f"type {frame.type}")
            if frame.type == BEGIN and before is None:
                self.seq, self.digest = frame.sequence, struct.unpack_from("<I", frame.payload, 8)[0]
                if self.seq > snapshot.seq:
                    raise Damaged(segment.file, at, "begins behind its snapshot")
            self.epoch = max(self.epoch, frame.epoch)
            self.epochs.append(frame.epoch)
            self.clean = frame.type == CLEAN_STOP
            self.check_passing(segment, snapshot, at)
            if frame.type == RECORDS:
                self.last_group, self.last_group_at = self.seq, (segment.file, at)
                for record in frame.records():
                    self.digest = crc32c(record, crc32c(struct.pack("<I", self.digest)))
                    self.seq += 1
                    self.trace[self.seq] = f"{self.digest:08x}"
                    self.check_passing(segment, snapshot, at)
            if frame.type == NEXT:
                following = struct.unpack_from("<QQ", frame.payload)
            at = frame.end

    def continues(self, segment, frame, at, before):
        first = at == HEADER
        if first != (frame.type == BEGIN):
            return False
        if frame.type in MARK_BYTES and (frame.length != MARK_BYTES[frame.type] or frame.count):
            return False
        if first and before is None:
            return True
        if first and struct.unpack_from("<Q", frame.payload)[0] != before:
            return False
        if frame.epoch < self.epoch or frame.sequence != self.seq + (frame.type == RECORDS):
            return False
        if frame.type == RECORDS:
            return frame.records() is not None
        return frame.type not in MARK_BYTES or struct.unpack_from("<I", frame.payload, len(frame.payload) - 8)[0] == self.digest

    def check_passing(self, segment, snapshot, at):
        if self.seq == snapshot.seq and not self.passed:
            self.passed = True
            if self.digest != snapshot.digest:
                raise Damaged(segment.file, at, "another digest than the snapshot's")

    def judge_end(self, segment, at):
        """Bytes of the torn tail; 0: an end."""
        data, reach = segment.data, at
        written = len(data) if segment.recycled else max(at, len(data.rstrip(b"\0")))
        claimed = segment.claimed(at)
        if claimed and segment.frame(at) is None:
            reach = claimed.end
        place = data.find(b"FRM1", at + 40)
        while place != -1 and place - 40 < written:
            frame = segment.frame(place - 40) if place % 8 == 0 else None
            if frame:
                if frame.forced_bytes > at or frame.durable_upto > self.seq:
                    raise Damaged(segment.file, at, f"a frame at {place - 40} says that it was forced")
                reach = max(reach, frame.end)
            place = data.find(b"FRM1", place + 1)
        if not segment.recycled:
            reach = max(reach, written)
        if data[at:at + END].strip(b"\0"):
            reach = max(reach, min(len(data), at + END))
        return reach - at


def read(directory):
    return Store(directory).read()
