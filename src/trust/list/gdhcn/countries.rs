//! The countries of ISO 3166-1, by which a participant is a country.

/// Alpha-3 and alpha-2, as of 2026.
const COUNTRIES: &str = "\
ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG \
AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL \
BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH \
CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX \
CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES \
ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI \
GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM \
HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT \
JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB \
LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD \
MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS \
MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO \
NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP \
PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS \
SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI \
SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO \
TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC \
VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW";

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let entries = COUNTRIES.split_ascii_whitespace();
    entries.filter_map(|entry| entry.split_at_checked(3))
}

/// The alpha-2 code of a country, by its alpha-3 code. Codes of the network's
/// own (`XCL`, `IOM`) have none.
pub(super) fn alpha_2(alpha_3: &str) -> Option<&'static str> {
    let found = pairs().find(|(known, _)| *known == alpha_3);
    found.map(|(_, alpha_2)| alpha_2)
}

/// Whether the alpha-2 code is a country's, and none that ISO 3166-1 leaves to
/// its users, as that of a test is.
pub(super) fn is_country(alpha_2: &str) -> bool {
    pairs().any(|(_, known)| known.eq_ignore_ascii_case(alpha_2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(pairs().count(), 249);
        assert!(pairs().all(|(three, two)| three.len() == 3 && two.len() == 2));
        assert!(pairs().map(|(three, _)| three).is_sorted());
        assert_eq!(alpha_2("SVN"), Some("SI"));
        assert_eq!(alpha_2("CHE"), Some("CH"));
        assert_eq!(alpha_2("XCL"), None);
        assert_eq!(alpha_2("IOM"), None);
        assert!(is_country("IO") && is_country("de") && !is_country("XX") && !is_country("XL"));
    }
}
