"""The works that the methods text can cite."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """One reference: BibTeX type and fields; `short` is how the text cites it."""

    key: str
    short: str
    kind: str
    fields: dict

    @property
    def bibtex(self) -> str:
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in self.fields.items())
        return f"@{self.kind}{{{self.key},\n{lines}\n}}\n"

    @property
    def text(self) -> str:
        """The reference as a line to read, without its DOI."""
        f = self.fields
        names = f["author"].split(" and ")
        short = len(names) > 7 or names[-1] == "others"
        authors = "; ".join([*[name for name in names[:6] if name != "others"], "et al."] if short else names)
        issue = f"({f['number']})" if "number" in f else ""
        pages = f", {f['pages'].replace('--', '–')}" if "pages" in f else ""
        place = (
            f" {f['journal']}, {f['volume']}{issue}{pages}."
            if "journal" in f
            else f" {f.get('howpublished', '')}."
        )
        return f"{authors} ({f['year']}). {f['title'].replace('{', '').replace('}', '')}.{place}"

    @property
    def doi(self) -> str | None:
        return self.fields.get("doi")


def _article(
    key, short, author, year, title, journal, volume, number=None, pages=None, doi=None
) -> Reference:
    fields = {
        "author": author, "year": year, "title": title, "journal": journal, "volume": volume,
        "number": number,
        "pages": pages, "doi": doi,
    }  # fmt: skip
    return Reference(key, short, "article", {name: value for name, value in fields.items() if value})


REFERENCES = {
    reference.key: reference
    for reference in (
        _article(
            "Lachaux1999", "Lachaux et al., 1999",
            "Lachaux, Jean-Philippe and Rodriguez, Eugenio and Martinerie, Jacques and Varela, Francisco J.",
            "1999", "Measuring phase synchrony in brain signals", "Human Brain Mapping", "8", "4", "194--208",
            "10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C",
        ),
        _article(
            "Gramfort2013", "Gramfort et al., 2013",
            "Gramfort, Alexandre and Luessi, Martin and Larson, Eric and Engemann, Denis A. and Strohmeier, "
            "Daniel "
            "and Brodbeck, Christian and Goj, Roman and Jas, Mainak and Brooks, Teon and Parkkonen, Lauri "
            "and "
            "Hämäläinen, Matti",
            "2013", "{MEG} and {EEG} data analysis with {MNE-Python}", "Frontiers in Neuroscience", "7",
            pages="267", doi="10.3389/fnins.2013.00267",
        ),
        _article(
            "Pernet2019", "Pernet et al., 2019",
            "Pernet, Cyril R. and Appelhoff, Stefan and Gorgolewski, Krzysztof J. and Flandin, Guillaume and "
            "Phillips, Christophe and Delorme, Arnaud and Oostenveld, Robert",
            "2019", "{EEG-BIDS}, an extension to the brain imaging data structure for electroencephalography",
            "Scientific Data", "6", pages="103", doi="10.1038/s41597-019-0104-8",
        ),
        _article(
            "Appelhoff2019", "Appelhoff et al., 2019",
            "Appelhoff, Stefan and Sanderson, Matthew and Brooks, Teon L. and van Vliet, Marijn and Quentin, "
            "Romain "
            "and Holdgraf, Chris and Chaumon, Maximilien and Mikulan, Ezequiel and Tavabi, Kambiz and "
            "Höchenberger, Richard and Welke, Dominik and Brunner, Clemens and Rockhill, Alexander P. and "
            "Larson, Eric and Gramfort, Alexandre and Jas, Mainak",
            "2019",
            "{MNE-BIDS}: Organizing electrophysiological data into the {BIDS} format and facilitating their "
            "analysis",
            "Journal of Open Source Software", "4", "44", "1896", "10.21105/joss.01896",
        ),
        _article(
            "BigdelyShamlo2015", "Bigdely-Shamlo et al., 2015",
            "Bigdely-Shamlo, Nima and Mullen, Tim and Kothe, Christian and Su, Kyung-Min and Robbins, Kay A.",
            "2015", "The {PREP} pipeline: standardized preprocessing for large-scale {EEG} analysis",
            "Frontiers in Neuroinformatics", "9", pages="16", doi="10.3389/fninf.2015.00016",
        ),
        Reference(
            "PyPREP", "Appelhoff et al., 2022", "misc",
            {
                "author": "Appelhoff, Stefan and Hurst, Austin J. and Lawrence, Aamna and Li, Adam "
                "and others",
                "year": "2022",
                "title": "{PyPREP}: A {Python} implementation of the preprocessing pipeline ({PREP}) "
                "for {EEG} data",
                "howpublished": "Zenodo",
                "doi": "10.5281/zenodo.6363575",
            },
        ),
        _article(
            "Tenke2001", "Tenke & Kayser, 2001", "Tenke, Craig E. and Kayser, Jürgen",
            "2001", "A convenient method for detecting electrolyte bridges in multichannel "
            "electroencephalogram and event-related potential recordings",
            "Clinical Neurophysiology", "112", "3", "545--550",
        ),
        _article(
            "Ablin2018", "Ablin et al., 2018",
            "Ablin, Pierre and Cardoso, Jean-François and Gramfort, Alexandre",
            "2018", "Faster independent component analysis by preconditioning with {Hessian} approximations",
            "IEEE Transactions on Signal Processing", "66", "15", "4040--4049", "10.1109/TSP.2018.2844203",
        ),
        _article(
            "PionTonachini2019", "Pion-Tonachini et al., 2019",
            "Pion-Tonachini, Luca and Kreutz-Delgado, Ken and Makeig, Scott",
            "2019", "{ICLabel}: An automated electroencephalographic independent component classifier, "
            "dataset, and website",
            "NeuroImage", "198", pages="181--197", doi="10.1016/j.neuroimage.2019.05.026",
        ),
        _article(
            "Li2022", "Li et al., 2022",
            "Li, Adam and Feitelberg, Jacob and Saini, Anand Prakash and Höchenberger, Richard and "
            "Scheltienne, Mathieu",
            "2022", "{MNE-ICALabel}: Automatically annotating {ICA} components with {ICLabel} in {Python}",
            "Journal of Open Source Software", "7", "76", "4484", "10.21105/joss.04484",
        ),
        _article(
            "Jas2017", "Jas et al., 2017",
            "Jas, Mainak and Engemann, Denis A. and Bekhti, Yousra and Raimondo, Federico and Gramfort, "
            "Alexandre",
            "2017", "Autoreject: Automated artifact rejection for {MEG} and {EEG} data",
            "NeuroImage", "159", pages="417--429", doi="10.1016/j.neuroimage.2017.06.030",
        ),
        _article(
            "GreenhouseGeisser1959", "Greenhouse & Geisser, 1959",
            "Greenhouse, Samuel W. and Geisser, Seymour",
            "1959", "On methods in the analysis of profile data", "Psychometrika", "24", "2", "95--112",
            "10.1007/BF02289823",
        ),
        _article(
            "Vallat2018", "Vallat, 2018", "Vallat, Raphael",
            "2018", "Pingouin: statistics in {Python}", "Journal of Open Source Software", "3", "31", "1026",
            "10.21105/joss.01026",
        ),
        _article(
            "Holm1979", "Holm, 1979", "Holm, Sture",
            "1979", "A simple sequentially rejective multiple test procedure",
            "Scandinavian Journal of Statistics",
            "6", "2", "65--70",
        ),
        _article(
            "Zellner1962", "Zellner, 1962", "Zellner, Arnold",
            "1962", "An efficient method of estimating seemingly unrelated regressions and tests for "
            "aggregation bias",
            "Journal of the American Statistical Association",
            "57", "298", "348--368",
        ),
        _article(
            "OlejnikAlgina2003", "Olejnik & Algina, 2003", "Olejnik, Stephen and Algina, James",
            "2003", "Generalized eta and omega squared statistics: Measures of effect size for some common "
            "research designs",
            "Psychological Methods", "8", "4", "434--447", "10.1037/1082-989X.8.4.434",
        ),
        _article(
            "NicholsHolmes2002", "Nichols & Holmes, 2002", "Nichols, Thomas E. and Holmes, Andrew P.",
            "2002", "Nonparametric permutation tests for functional neuroimaging: A primer with examples",
            "Human Brain Mapping", "15", "1", "1--25", "10.1002/hbm.1058",
        ),
        _article(
            "MarisOostenveld2007", "Maris & Oostenveld, 2007", "Maris, Eric and Oostenveld, Robert",
            "2007", "Nonparametric statistical testing of {EEG}- and {MEG}-data",
            "Journal of Neuroscience Methods", "164", "1", "177--190", "10.1016/j.jneumeth.2007.03.024",
        ),
        _article(
            "Winkler2014", "Winkler et al., 2014",
            "Winkler, Anderson M. and Ridgway, Gerard R. and Webster, Matthew A. and Smith, Stephen M. and "
            "Nichols, Thomas E.",
            "2014", "Permutation inference for the general linear model", "NeuroImage", "92",
            pages="381--397", doi="10.1016/j.neuroimage.2014.01.060",
        ),
        _article(
            "Welch1951", "Welch, 1951", "Welch, Bernard L.",
            "1951", "On the comparison of several mean values: An alternative approach", "Biometrika",
            "38", "3/4", "330--336", "10.2307/2332579",
        ),
        _article(
            "MacKinnonWhite1985", "MacKinnon & White, 1985", "MacKinnon, James G. and White, Halbert",
            "1985", "Some heteroskedasticity-consistent covariance matrix estimators with improved finite "
            "sample properties",
            "Journal of Econometrics", "29", "3", "305--325", "10.1016/0304-4076(85)90158-7",
        ),
        _article(
            "PustejovskyTipton2018", "Pustejovsky & Tipton, 2018",
            "Pustejovsky, James E. and Tipton, Elizabeth",
            "2018", "Small-sample methods for cluster-robust variance estimation and hypothesis testing in "
            "fixed effects models",
            "Journal of Business & Economic Statistics", "36", "4", "672--683",
            "10.1080/07350015.2016.1247004",
        ),
        _article(
            "BellMcCaffrey2002", "Bell & McCaffrey, 2002", "Bell, Robert M. and McCaffrey, Daniel F.",
            "2002", "Bias reduction in standard errors for linear regression with multi-stage samples",
            "Survey Methodology", "28", "2", "169--181",
        ),
        _article(
            "KenwardRoger1997", "Kenward & Roger, 1997", "Kenward, Michael G. and Roger, James H.",
            "1997", "Small sample inference for fixed effects from restricted maximum likelihood",
            "Biometrics", "53", "3", "983--997", "10.2307/2533558",
        ),
        _article(
            "ChungRomano2013", "Chung & Romano, 2013", "Chung, EunYi and Romano, Joseph P.",
            "2013", "Exact and asymptotically robust permutation tests", "The Annals of Statistics",
            "41", "2", "484--507", "10.1214/13-AOS1090",
        ),
        _article(
            "Lakens2017", "Lakens, 2017", "Lakens, Daniël",
            "2017", "Equivalence tests: A practical primer for {t} tests, correlations, and meta-analyses",
            "Social Psychological and Personality Science", "8", "4", "355--362", "10.1177/1948550617697177",
        ),
        _article(
            "Rouder2009", "Rouder et al., 2009",
            "Rouder, Jeffrey N. and Speckman, Paul L. and Sun, Dongchu and Morey, Richard D. and Iverson, "
            "Geoffrey",
            "2009", "Bayesian {t} tests for accepting and rejecting the null hypothesis",
            "Psychonomic Bulletin & Review", "16", "2", "225--237", "10.3758/PBR.16.2.225",
        ),
        _article(
            "Perugini2014", "Perugini et al., 2014",
            "Perugini, Marco and Gallucci, Marcello and Costantini, Giulio",
            "2014", "Safeguard power as a protection against imprecise power estimates",
            "Perspectives on Psychological Science", "9", "3", "319--332", "10.1177/1745691614528519",
        ),
        _article(
            "Efron1987", "Efron, 1987", "Efron, Bradley",
            "1987", "Better bootstrap confidence intervals",
            "Journal of the American Statistical Association", "82", "397", "171--185",
            "10.1080/01621459.1987.10478410",
        ),
        _article(
            "Wilcox1994", "Wilcox, 1994", "Wilcox, Rand R.",
            "1994", "The percentage bend correlation coefficient", "Psychometrika", "59", "4", "601--616",
            "10.1007/BF02294395",
        ),
        _article(
            "Simonsohn2020", "Simonsohn et al., 2020",
            "Simonsohn, Uri and Simmons, Joseph P. and Nelson, Leif D.",
            "2020", "Specification curve analysis", "Nature Human Behaviour", "4", "11", "1208--1214",
            "10.1038/s41562-020-0912-z",
        ),
        _article(
            "Molder2021", "Mölder et al., 2021",
            "Mölder, Felix and Jablonski, Kim Philipp and Letcher, Brice and Hall, Michael B. and "
            "Tomkins-Tinch, "
            "Christopher H. and Sochat, Vanessa and Forster, Jan and Lee, Soohyun and Twardziok, Sven O. and "
            "Kanitz, Alexander and Wilm, Andreas and Holtgrewe, Manuel and Rahmann, Sven and Nahnsen, Sven "
            "and "
            "Köster, Johannes",
            "2021", "Sustainable data analysis with {Snakemake}", "F1000Research", "10", pages="33",
            doi="10.12688/f1000research.29032.2",
        ),
        _article(
            "HorvathGreenberg1989", "Horvath & Greenberg, 1989", "Horvath, Adam O. and Greenberg, Leslie S.",
            "1989", "Development and validation of the {Working Alliance Inventory}",
            "Journal of Counseling Psychology", "36", "2", "223--233", "10.1037/0022-0167.36.2.223",
        ),
    )
}  # fmt: skip
