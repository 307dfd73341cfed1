package darban.media.mp4;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.media.MediaFile;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.Span;
import darban.testkit.Films;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaststartTest {
  private static Pieces faststart(MediaFile file) {
    MovieReader reader = new MovieReader(file.size());
    file.read(reader);
    Faststart faststart = reader.faststart(0);
    return faststart.pieces(file.read(faststart.place()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain.mp4", "plain.mov"})
  void head_moved_everySampleIsWhereItSays(String name) throws Exception {
    Path film = name.equals("plain.mp4") ? Films.plain() : Films.plain(name, "");
    MediaFile file = MediaFile.open(film);
    byte[] moved = file.bytes(faststart(file));
    assertEquals(file.size(), moved.length);
    String text = new String(moved, StandardCharsets.ISO_8859_1);
    assertTrue(text.indexOf("moov") < text.indexOf("mdat"));
    MediaFile again = MediaFile.of(moved);
    Movie before = file.movie();
    Movie after = again.movie();
    assertEquals(1, again.asked().size(), "one span is enough");
    for (int track = 0; track < 2; track++) {
      SampleTable one = before.tracks().get(track).samples();
      SampleTable other = after.tracks().get(track).samples();
      for (int i = 0; i < one.count(); i++) {
        assertEquals(
            file.read(new Span(one.offset(i), one.size(i))),
            again.read(new Span(other.offset(i), other.size(i))));
      }
    }
    Path written = Films.file("faststart-" + name, moved);
    Frames.assertSame(Frames.of("-i " + film, "0:v", 0), Frames.of("-i " + written, "0:v", 0), 0);
    Frames.assertSame(Frames.of("-i " + film, "0:a", 0), Frames.of("-i " + written, "0:a", 0), 0);
  }

  @Test
  void ranges_ofTheMovedFile_areItsBytes() throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    Pieces pieces = faststart(file);
    byte[] all = file.bytes(pieces);
    for (int from = 0; from < all.length; from += 997) {
      int to = Math.min(all.length, from + 5000);
      assertArrayEquals(Arrays.copyOfRange(all, from, to), file.bytes(pieces.slice(from, to)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"front.mp4", "fragments.mp4"})
  void file_thatBeginsWithItsHead_staysAsItIs(String name) throws Exception {
    String options =
        name.equals("front.mp4")
            ? "-movflags +faststart"
            : "-movflags +frag_keyframe+empty_moov+default_base_moof";
    Path film = Films.plain(name, options);
    MediaFile file = MediaFile.open(film);
    assertArrayEquals(Files.readAllBytes(film), file.bytes(faststart(file)));
  }

  @Test
  void offsets_beyondFourBytes_getEight() {
    BoxWriter out = new BoxWriter(100);
    out.open("moov").open("trak").open("mdia").open("minf").open("stbl");
    out.open("stco", 0, 0).u32(3).u32(20).u32(0xffff_fff0L).u32(8).close();
    ByteBuffer head = out.close().close().close().close().close().written();
    Span place = new Span(1L << 33, head.remaining());
    Pieces pieces = new Faststart(place, 16, 0, (1L << 33) + 1000).pieces(head);
    byte[] made = MediaFile.bytes(((Piece.Made) pieces.list().get(1)).bytes());
    Box moov = Box.in(darban.media.Cursor.over(made, "head")).iterator().next();
    for (String each : new String[] {"trak", "mdia", "minf", "stbl", "co64"}) {
      moov = Box.in(moov.body()).iterator().next();
      assertEquals(each, moov.type());
    }
    moov.body().skip(8);
    assertEquals(20 + made.length, moov.body().u64());
    assertEquals(0xffff_fff0L + made.length, moov.body().u64());
    assertEquals(8, moov.body().u64(), "in front of all");
    assertEquals(made.length - place.length() + (1L << 33) + 1000, pieces.length());
  }
}
