#include "common/os/last_words.h"

#include <elf.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/os/files.h"

namespace s1mple {
namespace {

constexpr std::string_view kFilePrefix = "last-words-";
constexpr int kFrames = 64;
constexpr std::size_t kAlternateStack = 64 * 1024;

// Everything a handler touches lies here and is ready before the first signal.
struct Prepared {
  int fd = -1;
  std::uintptr_t begin = 0, end = 0;   // where the program's own segments lie
  alignas(16) std::array<std::byte, kAlternateStack> stack;
};
Prepared prepared;

// A line of text without memory, locale or stdio.
class Line {
 public:
  Line& text(std::string_view part) {
    const std::size_t fits = part.size() < bytes_.size() - size_ ? part.size() : bytes_.size() - size_;
    std::memcpy(bytes_.data() + size_, part.data(), fits);
    size_ += fits;
    return *this;
  }
  Line& hex(std::uintptr_t value) {
    std::array<char, 2 * sizeof value> digits;
    std::size_t count = 0;
    do digits[count++] = "0123456789abcdef"[value & 15];
    while ((value >>= 4) != 0);
    text("0x");
    while (count > 0) text({&digits[--count], 1});
    return *this;
  }
  Line& number(int value) {
    if (value < 0) text("-");
    unsigned rest = value < 0 ? 0U - static_cast<unsigned>(value) : static_cast<unsigned>(value);
    std::array<char, 12> digits;
    std::size_t count = 0;
    do digits[count++] = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    while (count > 0) text({&digits[--count], 1});
    return *this;
  }
  // What cannot be written now never will be.
  void write() {
    text("\n");
    [[maybe_unused]] const ssize_t written = ::write(prepared.fd, bytes_.data(), size_);
    size_ = 0;
  }

 private:
  std::array<char, 160> bytes_;
  std::size_t size_ = 0;
};

bool is_ours(std::uintptr_t address) { return address >= prepared.begin && address < prepared.end; }

void write_place(std::string_view name, std::uintptr_t address) {
  Line line;
  line.text(name);
  if (is_ours(address)) line.text(" ").hex(address - prepared.begin);
  else line.text(" lib ").hex(address);
  line.write();
}

void on_fatal(int signal_number, siginfo_t* info, void* context) {
  Line line;
  line.text("signal ").number(signal_number).text(" code ").number(info->si_code).text(" address ");
  line.hex(reinterpret_cast<std::uintptr_t>(info->si_addr)).write();
#if defined(__x86_64__)
  write_place("at", static_cast<std::uintptr_t>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]));
#else
  (void)context;
#endif
  std::array<void*, kFrames> frames;
  const int count = ::backtrace(frames.data(), kFrames);
  for (int i = 0; i < count; ++i)
    write_place("frame", reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(i)]));
  ::raise(signal_number);   // its default action is back (SA_RESETHAND); it comes when this handler returns
}

struct Program {
  std::uintptr_t begin = 0, end = 0;
  std::string build;
};

void read_note(const std::byte* at, std::size_t size, Program& program) {
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    const std::size_t name = (note.n_namesz + 3U) & ~3U, body = (note.n_descsz + 3U) & ~3U;
    if (sizeof note + name + body > size) return;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(at + sizeof note, "GNU", 4) == 0)
      for (std::size_t i = 0; i < note.n_descsz; ++i) {
        const auto byte = std::to_integer<unsigned>(at[sizeof note + name + i]);
        program.build += "0123456789abcdef"[byte >> 4];
        program.build += "0123456789abcdef"[byte & 15];
      }
    at += sizeof note + name + body;
    size -= sizeof note + name + body;
  }
}

// The first object that the loader lists is the program.
int take_program(dl_phdr_info* info, std::size_t, void* into) {
  Program& program = *static_cast<Program*>(into);
  program.begin = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    const std::uintptr_t start = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && start + header.p_memsz > program.end) program.end = start + header.p_memsz;
    if (header.p_type != PT_NOTE) continue;
    const auto* note = reinterpret_cast<const std::byte*>(start);  // NOLINT(performance-no-int-to-ptr): the loader's number
    read_note(note, header.p_memsz, program);
  }
  return 1;
}

const Program& this_program() {
  static const Program kProgram = [] {
    Program program;
    ::dl_iterate_phdr(take_program, &program);
    return program;
  }();
  return kProgram;
}

}  // namespace

std::string last_words_file(std::int64_t pid) { return std::string(kFilePrefix) + std::to_string(pid); }

bool is_last_words_file(std::string_view name) { return name.starts_with(kFilePrefix); }

const std::string& build_id() { return this_program().build; }

Result<void> install_last_words(const std::string& path) {
  prepared.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (prepared.fd < 0) return os_error("open " + path, errno);
  prepared.begin = this_program().begin;
  prepared.end = this_program().end;
  Line().text("build ").text(build_id()).write();
  std::array<void*, 1> loads_the_unwinder;
  (void)::backtrace(loads_the_unwinder.data(), 1);

  stack_t stack{};
  stack.ss_sp = prepared.stack.data();
  stack.ss_size = prepared.stack.size();
  (void)::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fatal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  for (const int signal_number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
    if (::sigaction(signal_number, &action, nullptr) != 0) return os_error("set a signal's handler", errno);
  return {};
}

void note_exit(int code) {
  if (prepared.fd >= 0) Line().text("exit ").number(code).write();
}

}  // namespace s1mple
