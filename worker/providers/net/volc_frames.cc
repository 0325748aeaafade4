#include "worker/providers/net/volc_frames.h"

#include <zlib.h>

#include <array>

#include "common/base/check.h"

namespace earshot::worker {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kSequenceFlag = 1;
constexpr std::uint8_t kLastFlag = 2;
constexpr std::uint8_t kEventFlag = 4;
constexpr std::uint8_t kRaw = 0;
constexpr std::uint8_t kJson = 1;
constexpr std::uint8_t kPlain = 0;
constexpr std::uint8_t kGzip = 1;
constexpr std::int32_t kStartConnection = 1;
constexpr std::int32_t kFinishConnection = 2;
constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, in a gzip member

bool has_id(std::int32_t event) {
  return event != kStartConnection && event != kFinishConnection;
}

void put_u32(Bytes& to, std::uint32_t value) {
  to.resize(to.size() + 4);
  store_be32(to.data() + to.size() - 4, value);
}

void put_sized(Bytes& to, std::string_view bytes) {
  put_u32(to, static_cast<std::uint32_t>(bytes.size()));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

Error invalid(const char* what) {
  return {ErrorCode::kInvalid, std::string("not a Volcengine frame: ") + what};
}

// Reads fields from the front; nullopt when fewer bytes are left.
class Fields {
 public:
  explicit Fields(ByteView bytes) : rest_(bytes) {}

  std::optional<std::uint32_t> u32() {
    if (rest_.size() < 4) return std::nullopt;
    const std::uint32_t value = load_be32(rest_.data());
    rest_ = rest_.subspan(4);
    return value;
  }
  std::optional<std::string_view> sized() {
    const auto size = u32();
    if (!size || *size > rest_.size()) return std::nullopt;
    const auto bytes = rest_.first(*size);
    rest_ = rest_.subspan(*size);
    return as_text(bytes);
  }
  bool empty() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

bool known(std::uint8_t type) {
  switch (static_cast<VolcType>(type)) {
    case VolcType::kFullClient:
    case VolcType::kAudioClient:
    case VolcType::kFullServer:
    case VolcType::kAudioServer:
    case VolcType::kFrontendServer:
    case VolcType::kError:
      return true;
  }
  return false;
}

// Ends zlib's state with the scope.
struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, kGzipWindow) == Z_OK;
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

Bytef* input_of(std::string_view bytes) {
  // zlib does not write there; its type is older than const.
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

}  // namespace

Bytes encode_volc(const VolcFrame& frame, bool compress) {
  const unsigned flags =
      (frame.sequence ? kSequenceFlag : 0U) | (frame.last ? kLastFlag : 0U) | (frame.event ? kEventFlag : 0U);
  Bytes out;
  out.push_back(kVersion << 4 | 1);
  out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(frame.type) << 4 | flags));
  out.push_back(static_cast<std::uint8_t>((frame.json ? kJson : kRaw) << 4 | (compress ? kGzip : kPlain)));
  out.push_back(0);
  if (frame.type == VolcType::kError) put_u32(out, frame.error_code);
  if (frame.sequence) put_u32(out, static_cast<std::uint32_t>(*frame.sequence));
  if (frame.event) {
    put_u32(out, static_cast<std::uint32_t>(*frame.event));
    if (frame.type != VolcType::kError && has_id(*frame.event)) put_sized(out, frame.id);
  }
  put_sized(out, compress ? gzip(frame.payload) : frame.payload);
  return out;
}

Result<VolcFrame> decode_volc(ByteView bytes, std::size_t max_payload_bytes) {
  if (bytes.size() < 4) return invalid("too short");
  if (bytes[0] >> 4 != kVersion) return invalid("another version");
  const std::size_t header_bytes = std::size_t{bytes[0] & 0xFU} * 4;
  if (header_bytes < 4 || header_bytes > bytes.size()) return invalid("wrong header size");
  const auto type = static_cast<std::uint8_t>(bytes[1] >> 4);
  const unsigned flags = bytes[1] & 0xFU;
  const unsigned compression = bytes[2] & 0xFU;
  if (!known(type)) return invalid("unknown type");
  if (compression != kPlain && compression != kGzip) return invalid("unknown compression");

  VolcFrame frame;
  frame.type = static_cast<VolcType>(type);
  frame.json = bytes[2] >> 4 == kJson;
  frame.last = (flags & kLastFlag) != 0;
  Fields fields(bytes.subspan(header_bytes));
  if (frame.type == VolcType::kError) {
    const auto code = fields.u32();
    if (!code) return invalid("no error code");
    frame.error_code = *code;
  }
  if ((flags & kSequenceFlag) != 0) {
    const auto sequence = fields.u32();
    if (!sequence) return invalid("no sequence");
    frame.sequence = static_cast<std::int32_t>(*sequence);
  }
  if ((flags & kEventFlag) != 0) {
    const auto event = fields.u32();
    if (!event) return invalid("no event");
    frame.event = static_cast<std::int32_t>(*event);
    if (frame.type != VolcType::kError && has_id(*frame.event)) {
      const auto id = fields.sized();
      if (!id) return invalid("no id");
      frame.id = *id;
    }
  }
  // An acknowledgement of type 0xB may end here.
  if (frame.type == VolcType::kAudioServer && fields.empty()) return frame;
  const auto payload = fields.sized();
  if (!payload) return invalid("no payload, or cut off");
  if (compression == kPlain || payload->empty()) {
    if (payload->size() > max_payload_bytes)
      return Error{ErrorCode::kTooLarge, "Volcengine payload too large"};
    frame.payload = *payload;
    return frame;
  }
  auto unpacked = gunzip(*payload, max_payload_bytes);
  if (!unpacked) return unpacked.error();
  frame.payload = std::move(unpacked).value();
  return frame;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  // Level 1: speech hardly shrinks, so the time is better spent elsewhere. 8: zlib's default memory.
  EARSHOT_CHECK(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK,
                "zlib has no memory");
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int verdict = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  EARSHOT_CHECK(verdict == Z_STREAM_END, "deflateBound() was too small");
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t max_bytes) {
  Inflater inflater;
  if (!inflater.ready) return Error{ErrorCode::kInternal, "zlib has no memory"};
  z_stream& stream = inflater.stream;
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<Bytef, 8192> piece;
  while (true) {
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    const int verdict = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = piece.size() - stream.avail_out;
    // An attack: a few bytes that unpack to gigabytes.
    if (out.size() + made > max_bytes) return Error{ErrorCode::kTooLarge, "gzip member too large"};
    out.append(reinterpret_cast<const char*>(piece.data()), made);
    if (verdict == Z_STREAM_END) return out;
    if (verdict != Z_OK) return Error{ErrorCode::kInvalid, "not a gzip member, or cut off"};
  }
}

}  // namespace earshot::worker
