package darban.media.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Structured;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CmcdTest {
  /** As hls.js sends it, with a key of somebody's own. */
  private static final String QUERY =
      "a=b&CMCD=bl%3D21300%2Cbr%3D3200%2Cbs%2Ccid%3D%22faec5fc2-ac30-11ea%22%2C"
          + "com.example-x%3D%22y%22%2Cd%3D4004%2Cdl%3D18500%2Cmtp%3D48100%2C"
          + "nor%3D%22..%252F300kbps%252Ftrack.m4v%22%2Cnrr%3D%2212323-48763%22%2Cot%3Dv%2C"
          + "pr%3D1.08%2Crtp%3D12000%2Csf%3Dd%2Csid%3D%226e2fb550-c457%22%2Cst%3Dl%2Csu%2Ctb%3D6000"
          + "&c=d";

  @Test
  void query_ofVersionOne_read() {
    Cmcd report = Cmcd.ofQuery(QUERY);
    assertEquals(1, report.version());
    assertEquals(OptionalLong.of(3200), report.number(CmcdKey.BITRATE));
    assertEquals(OptionalLong.of(21_300), report.number(CmcdKey.BUFFER_LENGTH));
    assertEquals(OptionalLong.of(1), report.number(CmcdKey.PLAYBACK_RATE));
    assertEquals(Optional.of("v"), report.text(CmcdKey.OBJECT_TYPE));
    assertEquals(Optional.of("6e2fb550-c457"), report.text(CmcdKey.SESSION_ID));
    assertTrue(report.is(CmcdKey.BUFFER_STARVATION) && report.is(CmcdKey.STARTUP));
    assertFalse(report.is(CmcdKey.BACKGROUNDED));
    assertEquals(List.of("../300kbps/track.m4v"), report.nextObjects());
    assertEquals(new Structured.Item(new Structured.Text("y")), report.all().get("com.example-x"));
    assertEquals(report, Cmcd.ofQuery(report.toQuery()), "written and read again");
  }

  @Test
  void fields_fourOfThem_readAndWritten() {
    Cmcd report = Cmcd.ofQuery(QUERY);
    Fields fields = report.toFields();
    assertEquals("br=3200,d=4004,ot=v,tb=6000", fields.get(FieldName.of("CMCD-Object")));
    assertEquals("bs,rtp=12000", fields.get(FieldName.of("CMCD-Status")));
    assertEquals(report, Cmcd.ofFields(fields));
    assertTrue(Cmcd.isField(FieldName.of("cmcd-request")));
    assertFalse(Cmcd.isField(FieldName.of("Range")));
    assertTrue(Cmcd.ofFields(Fields.NONE).isEmpty());
  }

  @Test
  void report_ofVersionTwo_hasListsAndStates() {
    Cmcd report =
        Cmcd.of(
            "br=(5000;v 128;a),bsd=(0;v 340;a),e=ps,nor=(\"a/2.m4s\" \"b/2.m4s\";r=\"0-9\"),"
                + "msd=812,sta=p,sid=\"s\",ts=1764100000000,v=2");
    assertEquals(2, report.version());
    assertEquals(OptionalLong.of(5000), report.number(CmcdKey.BITRATE));
    assertEquals(OptionalLong.of(340), report.number(CmcdKey.BUFFER_STARVATION_DURATION));
    assertEquals(Optional.of("p"), report.text(CmcdKey.STATE));
    assertEquals(OptionalLong.of(812), report.number(CmcdKey.MEDIA_START_DELAY));
    assertEquals(OptionalLong.of(1_764_100_000_000L), report.number(CmcdKey.TIMESTAMP));
    assertEquals(List.of("a/2.m4s", "b/2.m4s"), report.nextObjects());
    assertEquals(report, Cmcd.of(report.toString()));
  }

  /** What players spell wrongly does not spoil the rest. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          br=1,Sid=x,bl=2           | bl=2,br=1
          br=1,,bl=2                | bl=2,br=1
          br=x y,bl=2               | bl=2
          br="a,b",bl=2             | bl=2,br="a,b"
          sid="open                 | ``
          =                         | ``
          bs=?0                     | bs=?0
          br=1,br=2                 | br=2
          """)
  void report_spelledWrongly_keepsWhatIsRight(String report, String kept) {
    assertEquals(kept, Cmcd.of(report).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'nor=\"//evil/x\"'",
    "'nor=\"http:%2F%2Fevil\"'",
    "'nor=\"%2F%2Fevil%2Fx\"'",
    "'nor=\"\"'"
  })
  void nextObject_elsewhere_notFollowed(String report) {
    assertEquals(List.of(), Cmcd.of(report).nextObjects());
  }

  @Test
  void query_withoutReport_isNone() {
    for (String query : List.of("", "a=b", "XCMCD=br%3D1", "CMCD=", "CMCD=%zz", "CMCD")) {
      assertTrue(Cmcd.ofQuery(query).isEmpty(), query);
    }
    assertTrue(Cmcd.of("a=1,".repeat(5000)).isEmpty(), "too long");
  }

  @Test
  void keys_ofTheStandard_eachOnce() {
    Set<String> keys = new HashSet<>();
    for (CmcdKey key : CmcdKey.values()) {
      assertTrue(keys.add(key.key()), key.key());
      assertEquals(Optional.of(key), CmcdKey.of(key.key()));
    }
    for (String key : "bl br bs cid d dl mtp nor nrr ot pr rtp sf sid st su tb v".split(" ")) {
      assertTrue(keys.contains(key), "version 1 has " + key);
    }
  }

  @Test
  void reports_changedAtRandom_neverFail() {
    Random random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder query = new StringBuilder(QUERY);
      for (int i = random.nextInt(6); i >= 0; i--) {
        query.setCharAt(random.nextInt(query.length()), (char) random.nextInt(0x250));
      }
      Cmcd report = Cmcd.ofQuery(query.toString());
      report.nextObjects();
      assertEquals(report, Cmcd.ofFields(report.toFields()));
      for (CmcdKey key : CmcdKey.values()) {
        report.number(key);
        report.text(key);
      }
    }
  }
}
