#include "bench/simulator/load/mqtt_wire.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::simulator {
namespace {

using namespace std::string_literals;

TEST(MqttWire, WritesConnectAsTheSpecificationDoes) {
  Bytes out;
  append_connect(out, {.client_id = "c", .username = "u", .password = "pw", .keepalive_s = 240});
  EXPECT_EQ(as_text(out),
            "\x10\x14\x00\x04MQTT\x04\xC2\x00\xF0\x00\x01"s + "c\x00\x01"s + "u\x00\x02"s + "pw");
}

TEST(MqttWire, WritesLengthsOfTwoBytes) {
  Bytes out;
  append_publish(out, "t", std::string(200, 'x'));
  EXPECT_EQ(as_text(out).substr(0, 6), "\x30\xCB\x01\x00\x01t"s);
  EXPECT_EQ(out.size(), 206U);
}

TEST(MqttWire, ReadsWhatItWritesHoweverItIsCut) {
  Bytes stream{0x20, 2, 0, 0};
  append_publish(stream, "topic", "payload");
  append_ping(stream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    MqttReader reader;
    std::string seen;
    const auto drain = [&] {
      while (const auto packet = reader.next()) {
        if (packet->kind == MqttPacket::Kind::kConnack) seen += "connack ";
        if (packet->kind == MqttPacket::Kind::kPublish) seen += std::string(packet->payload) + " ";
        if (packet->kind == MqttPacket::Kind::kOther) seen += "other";
      }
    };
    reader.add(ByteView(stream).first(cut));
    drain();
    reader.add(ByteView(stream).subspan(cut));
    drain();
    EXPECT_EQ(seen, "connack payload other") << cut;
    EXPECT_FALSE(reader.broken());
  }
}

TEST(MqttWire, BreaksOnPacketsThatNoServerMaySend) {
  const Bytes too_long{0x30, 0xFF, 0xFF, 0xFF, 0x7F};
  const Bytes endless_length{0x30, 0x80, 0x80, 0x80, 0x80, 0x80};
  const Bytes short_connack{0x20, 1, 0};
  const Bytes topic_beyond{0x30, 3, 0, 9, 'x'};
  const Bytes qos_one{0x32, 3, 0, 1, 'x'};
  for (const Bytes& bytes : {too_long, endless_length, short_connack, topic_beyond, qos_one}) {
    MqttReader reader;
    reader.add(bytes);
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.broken());
  }
}

}  // namespace
}  // namespace earshot::simulator
