#include "worker/providers/sherpa/shared_object.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string_view>

namespace earshot::worker::sherpa {

namespace {

constexpr std::string_view kMagic{ELFMAG, SELFMAG};
constexpr unsigned char kByteOrder = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

template <class Entry>
bool read_at(std::ifstream& file, std::uint64_t offset, Entry& entry) {
  file.seekg(static_cast<std::streamoff>(offset));
  return file.read(reinterpret_cast<char*>(&entry), sizeof entry).good();
}

// A hostile table may hold any numbers: nothing here may overflow.
bool within(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size) {
  return offset <= file_size && size <= file_size - offset;
}

bool is_whole(std::ifstream& file, const Elf64_Ehdr& header, std::uint64_t size) {
  if (!within(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr), size)) return false;
  if (!within(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr), size)) return false;
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    if (!read_at(file, header.e_phoff + i * sizeof part, part)) return false;
    if (!within(part.p_offset, part.p_filesz, size)) return false;
  }
  return true;
}

}  // namespace

Status check_shared_object(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Error{ErrorCode::kNotFound, "'" + path + "' is not there, or cannot be read"};
  const auto size = static_cast<std::uint64_t>(std::max<std::streamoff>(file.tellg(), 0));
  Elf64_Ehdr header{};
  if (!read_at(file, 0, header) || std::memcmp(header.e_ident, kMagic.data(), kMagic.size()) != 0 ||
      header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != kByteOrder ||
      header.e_type != ET_DYN || header.e_phnum == 0 || header.e_phentsize != sizeof(Elf64_Phdr)) {
    return Error{ErrorCode::kInvalid, "'" + path + "' is no library of this kind of machine"};
  }
  if (!is_whole(file, header, size)) return Error{ErrorCode::kInvalid, "'" + path + "' is cut off"};
  return kDone;
}

}  // namespace earshot::worker::sherpa
