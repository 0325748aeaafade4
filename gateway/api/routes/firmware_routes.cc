#include "gateway/api/routes/firmware_routes.h"

#include <charconv>
#include <string>
#include <utility>

#include "common/base/unreachable.h"
#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"

namespace earshot::gateway {

namespace {

using api::BodyReader;
using api::CallPtr;
using api::Scope;

json::object to_json(const UploadState& state) {
  return {{"upload", state.id},
          {"offset", state.offset},
          {"board", state.start.board},
          {"version", state.start.version},
          {"size_bytes", state.start.size_bytes}};
}

void list(FirmwareLibrary& library, const CallPtr& call) {
  json::array items;
  for (const auto& image : library.images()) items.push_back(gateway::to_json(image));
  json::array uploads;
  for (const auto& upload : library.uploads()) uploads.push_back(to_json(upload));
  call->answer(json::object{{"items", std::move(items)}, {"next", ""}, {"uploads", std::move(uploads)}});
}

void begin(FirmwareLibrary& library, const CallPtr& call) {
  BodyReader body(call->body);
  UploadStart start{.board = body.required_text("board", 48),
                    .version = body.required_text("version", 32),
                    .size_bytes = static_cast<std::uint64_t>(
                        body.integer("size_bytes", 0, std::int64_t{kMaxImageBytes}).value_or(0)),
                    .sha256 = body.required_text("sha256", 64),
                    .file_name = body.text("file_name", 128).value_or("")};
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  call->target = start.board + " " + start.version;
  const auto state = library.begin_upload(std::move(start));
  if (!state) return call->fail(state.error());
  call->answer(to_json(*state), 201);
}

// A refusal about the offset names the right one, so that a client that lost an answer can go on.
void fail_at(const CallPtr& call, int status, const std::string& message, std::uint64_t offset) {
  json::object error{{"code", "conflict"}, {"message", message}};
  call->send(http::json_answer(json::object{{"error", std::move(error)}, {"offset", offset}}, status));
}

void write(FirmwareLibrary& library, const CallPtr& call) {
  const std::string text = call->request.query_value("offset").value_or("");
  std::uint64_t offset = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) {
    return call->fail(400, "offset must be the number of bytes that came before this chunk");
  }
  const std::string id(call->request.param("upload"));
  const auto audit = [call] { return call->take_audit_entry(); };
  library.write_upload(
      id, offset, std::move(call->request.body), audit, [call](const UploadProgress& progress) {
        switch (progress.kind) {
          case UploadProgress::Kind::kStored:
            return call->answer(json::object{{"offset", progress.offset}});
          case UploadProgress::Kind::kComplete:
            return call->answer(
                json::object{{"offset", progress.offset}, {"image", gateway::to_json(*progress.image)}});
          case UploadProgress::Kind::kRefused:
            return call->fail(400, progress.message);
          case UploadProgress::Kind::kWrongOffset:
            return fail_at(call, 409, progress.message, progress.offset);
          case UploadProgress::Kind::kBusy:
            return fail_at(call, 409, "the chunk before is still being written", progress.offset);
          case UploadProgress::Kind::kUnknown:
            return call->fail(404, "no such upload: it may have been idle for too long; begin again");
          case UploadProgress::Kind::kFailed:
            return call->fail(503, progress.message);
        }
        unreachable("upload progress");
      });
}

void show_upload(FirmwareLibrary& library, const CallPtr& call) {
  const auto state = library.upload(call->request.param("upload"));
  if (!state) return call->fail(404, "no such upload");
  call->answer(to_json(*state));
}

void abandon(FirmwareLibrary& library, const CallPtr& call) {
  if (!library.abandon_upload(call->request.param("upload"))) return call->fail(404, "no such upload");
  call->answer(json::object{});
}

void change(FirmwareLibrary& library, const CallPtr& call) {
  BodyReader body(call->body);
  ImageChange change;
  change.enabled = body.boolean("enabled");
  if (const auto percentage = body.integer("percentage", 0, 100))
    change.percentage = static_cast<int>(*percentage);
  change.minimum_version = body.text("minimum_version", 32);
  change.force = body.boolean("force");
  change.notes = body.long_text("notes", 2000);
  if (auto refusal = body.refusal()) return call->send(std::move(*refusal));
  const store::FirmwareImage* image = library.find(call->request.param("image"));
  if (image == nullptr) return call->fail(404, "no such image");
  call->target = image->board + " " + image->version;
  call->detail = call->body;
  call->detail.erase("notes");
  library.change(std::string(image->id), std::move(change), call->take_audit_entry(),
                 [call](const Result<store::FirmwareImage>& changed) {
                   if (!changed) return call->fail(changed.error());
                   call->answer(gateway::to_json(*changed));
                 });
}

void remove(FirmwareLibrary& library, const CallPtr& call) {
  const store::FirmwareImage* image = library.find(call->request.param("image"));
  if (image == nullptr) return call->fail(404, "no such image");
  call->target = image->board + " " + image->version;
  library.remove(std::string(image->id), call->take_audit_entry(), [call](const Status& removed) {
    if (!removed) return call->fail(removed.error());
    call->answer(json::object{});
  });
}

}  // namespace

json::object to_json(const store::FirmwareImage& image) {
  return {{"id", image.id},
          {"board", image.board},
          {"version", image.version},
          {"file_name", image.file_name},
          {"sha256", image.sha256},
          {"size_bytes", image.size_bytes},
          {"enabled", image.enabled},
          {"percentage", image.percentage},
          {"minimum_version", image.minimum_version},
          {"force", image.force},
          {"notes", image.notes},
          {"created", api::ms(image.created)}};
}

void add_firmware_routes(api::ApiRouter& routes, FirmwareLibrary& library) {
  const auto with = [&library](void (*handler)(FirmwareLibrary&, const CallPtr&)) {
    return [&library, handler](const CallPtr& call) { handler(library, call); };
  };
  const std::string uploads = "/api/v1/firmware/uploads";
  const api::RouteOptions no_body{.body = api::BodyKind::kNone};
  routes.read("/api/v1/firmware", Scope::kFirmwareRead, with(list));
  routes.write("POST", uploads, Scope::kFirmwareWrite, "firmware.upload", with(begin));
  routes.read(uploads + "/{upload}", Scope::kFirmwareRead, with(show_upload));

  routes.write("PUT", uploads + "/{upload}", Scope::kFirmwareWrite, "firmware.chunk", with(write),
               {.body = api::BodyKind::kRaw, .body_bytes = kMaxChunkBytes});
  routes.write("DELETE", uploads + "/{upload}", Scope::kFirmwareWrite, "firmware.abandon", with(abandon),
               no_body);
  routes.write("PATCH", "/api/v1/firmware/{image}", Scope::kFirmwareWrite, "firmware.change", with(change));
  routes.write("DELETE", "/api/v1/firmware/{image}", Scope::kFirmwareWrite, "firmware.remove", with(remove),
               no_body);
}

}  // namespace earshot::gateway
