// The least that a worker can be: each AudioUp record comes back as a live AudioDown, one write a read.
//
//   earshot-floor-worker WORKER_SOCKET
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "common/base/bytes.h"
#include "common/ipc/framing.h"
#include "ipc.pb.h"

namespace {

using namespace earshot;

int dial(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  return connected ? socket : -1;
}

bool write_all(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(socket, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

void echo(int socket) {
  ipc::RecordReader reader;
  ipc::Envelope up;
  ipc::Envelope down;
  Bytes out;
  for (;;) {
    const auto room = reader.prepare();
    const ssize_t got = ::read(socket, room.data(), room.size());
    if (got <= 0) return;
    reader.commit(static_cast<std::size_t>(got));
    out.clear();
    ByteView record;
    while (reader.next(record) == ipc::RecordReader::Verdict::kRecord) {
      if (!up.ParseFromArray(record.data(), static_cast<int>(record.size())) || !up.has_audio_up()) continue;
      down.set_session(up.session());
      down.mutable_audio_down()->set_live(true);
      down.mutable_audio_down()->set_opus(up.audio_up().opus());
      const std::size_t size = down.ByteSizeLong();
      const std::size_t at = out.size();
      out.resize(at + ipc::kLengthBytes + size);
      store_be32(out.data() + at, static_cast<std::uint32_t>(size));
      down.SerializeWithCachedSizesToArray(out.data() + at + ipc::kLengthBytes);
    }
    if (!write_all(socket, out)) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int socket = argc == 2 ? dial(argv[1]) : -1;
  if (socket < 0) {
    std::fputs("usage: earshot-floor-worker WORKER_SOCKET (of a running earshot-floor-gateway)\n", stderr);
    return 64;
  }
  echo(socket);
  return 0;
}
