package darban.media.radio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MediaFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcyTest {
  private static String text(ByteBuffer block) {
    byte[] bytes = MediaFile.bytes(block);
    assertEquals(1 + (bytes[0] & 0xff) * 16, bytes.length, "as long as it says");
    return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8).replace("\0", "");
  }

  private static Optional<IcyMetadata> again(IcyMetadata metadata) {
    ByteBuffer block = metadata.block(StandardCharsets.UTF_8);
    return IcyMetadata.read(block.slice(1, block.limit() - 1));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      textBlock =
          """
          Artist - Title    | StreamTitle='Artist - Title';
          ""                | StreamTitle='';
          It's me           | StreamTitle='It's me';
          a';StreamUrl='b   | StreamTitle='a’;StreamUrl='b';
          don'              | StreamTitle='don’';
          سلام بر شما       | StreamTitle='سلام بر شما';
          """)
  void block_anyTitle_saysIt(String title, String text) {
    IcyMetadata metadata = IcyMetadata.of(title);
    assertEquals(text, text(metadata.block(StandardCharsets.UTF_8)));
    assertEquals(
        title.replace("';", "’;").replaceAll("'$", "’"), again(metadata).orElseThrow().title());
  }

  @Test
  void block_withAddress_hasBoth() {
    IcyMetadata metadata = new IcyMetadata("a", "http://b/");
    assertEquals(
        "StreamTitle='a';StreamUrl='http://b/';", text(metadata.block(StandardCharsets.UTF_8)));
    assertEquals(Optional.of(metadata), again(metadata));
    assertEquals(
        "StreamTitle='?';".length(),
        text(IcyMetadata.of("س").block(StandardCharsets.ISO_8859_1)).length());
  }

  @Test
  void block_ofALongTitle_cutBetweenCharacters() {
    IcyMetadata metadata = new IcyMetadata("آ𝄞".repeat(3000) + "\n", "u".repeat(5000));
    String text = text(metadata.block(StandardCharsets.UTF_8));
    assertTrue(text.getBytes(StandardCharsets.UTF_8).length <= 4080);
    assertTrue(text.startsWith("StreamTitle='آ𝄞") && text.endsWith("';"));
    assertTrue(text.indexOf('\ufffd') < 0);
  }

  @Test
  void text_ofOthers_readInBothEncodings() {
    byte[] latin = "StreamTitle='Café';StreamUrl='';\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(Optional.of(IcyMetadata.of("Café")), IcyMetadata.read(ByteBuffer.wrap(latin)));
    assertEquals(Optional.empty(), IcyMetadata.read(ByteBuffer.wrap(new byte[16])));
    byte[] torn = "StreamTitle='open".getBytes(StandardCharsets.UTF_8);
    assertEquals("open", IcyMetadata.read(ByteBuffer.wrap(torn)).orElseThrow().title());
  }

  /** Writes a stream as a listener gets it, and reads it in pieces of every size. */
  @Test
  void stream_writtenAndSplitAnywhere_isTheSameSound() {
    byte[] sound = new byte[1000];
    for (int i = 0; i < sound.length; i++) {
      sound[i] = (byte) (i * 7);
    }
    List<IcyMetadata> titles = List.of(IcyMetadata.of("one"), IcyMetadata.of("دو"));
    byte[] stream = written(sound, titles);
    for (int size = 1; size < 300; size++) {
      ByteArrayOutputStream heard = new ByteArrayOutputStream();
      List<IcyMetadata> shown = new ArrayList<>();
      IcyReader reader =
          new IcyReader(
              100,
              new IcyReader.Listener() {
                @Override
                public void sound(ByteBuffer bytes) {
                  heard.writeBytes(MediaFile.bytes(bytes));
                }

                @Override
                public void metadata(IcyMetadata metadata) {
                  shown.add(metadata);
                }
              });
      for (int at = 0; at < stream.length; at += size) {
        reader.accept(ByteBuffer.wrap(stream, at, Math.min(size, stream.length - at)));
      }
      assertArrayEquals(sound, heard.toByteArray(), "in pieces of " + size);
      assertEquals(titles, shown);
    }
  }

  private static byte[] written(byte[] sound, List<IcyMetadata> titles) {
    IcySchedule schedule = new IcySchedule(100);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int blocks = 0;
    for (int at = 0; at < sound.length; ) {
      int count = Math.min(Math.min(schedule.soundLeft(), 33), sound.length - at);
      stream.writeBytes(Arrays.copyOfRange(sound, at, at + count));
      schedule.sound(count);
      at += count;
      if (schedule.soundLeft() == 0) {
        ByteBuffer block =
            blocks < titles.size()
                ? titles.get(blocks).block(StandardCharsets.UTF_8)
                : IcyMetadata.unchanged();
        stream.writeBytes(MediaFile.bytes(block));
        blocks++;
        schedule.block();
      }
    }
    return stream.toByteArray();
  }

  @Test
  void schedule_soundBeyondABlock_isAnError() {
    IcySchedule schedule = new IcySchedule(10);
    schedule.sound(10);
    assertThrows(IllegalArgumentException.class, () -> schedule.sound(1));
  }

  @Test
  void stationLists_ofAnyName_areWellFormed() throws Exception {
    String name = "A & B\n<c>";
    String url = "http://h/m?a=1&b=2";
    assertEquals("#EXTM3U\n#EXTINF:-1,A & B <c>\n" + url + "\n", StationList.m3u(name, url));
    assertTrue(StationList.pls(name, url).contains("File1=" + url + "\nTitle1=A & B <c>\n"));
    var document =
        javax.xml.parsers.DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new java.io.ByteArrayInputStream(
                    StationList.xspf(name, url).getBytes(StandardCharsets.UTF_8)));
    assertEquals(url, document.getElementsByTagName("location").item(0).getTextContent());
  }
}
