# What R computes of therapists.csv, for test_therapists.py and test_mixed.py. Run here by hand:
#   Rscript therapists.R > therapists.json
# R 4.2.2, lme4 1.1-31, pbkrtest 0.5.2 (Kenward-Roger), clubSandwich 0.5.8 (CR2), coin 1.4-2.
suppressMessages({library(lmerTest); library(clubSandwich); library(coin); library(jsonlite)})
d <- read.csv("therapists.csv")
for (name in c("group", "three", "roi")) d[[name]] <- factor(d[[name]])
contrasts(d$group) <- contr.sum(2)
contrasts(d$roi) <- contr.sum(2)
contrasts(d$three) <- contr.sum(3)

mixed <- function(data) {
  model <- lmer(y ~ group * roi + age + (1 | therapist / dyad), data)
  found <- summary(model, ddf = "Kenward-Roger")$coefficients
  variances <- as.data.frame(VarCorr(model))
  list(term = rownames(found), estimate = found[, 1], se = found[, 2], df = found[, 3], t = found[, 4],
       p = found[, 5], grouping = variances$grp, variance = variances$vcov)
}

wide <- reshape(d, idvar = "dyad", timevar = "roi", v.names = "y", direction = "wide")
wide$y <- (wide$y.c + wide$y.f) / 2
one <- lm(y ~ group + three + age, wide)
cr2 <- coef_test(one, vcov = "CR2", cluster = wide$therapist, test = "Satterthwaite")
both <- constrain_zero(c("three1", "three2"))
three <- Wald_test(one, constraints = both, vcov = "CR2", cluster = wide$therapist, test = "HTZ")
several <- lm(cbind(y.c, y.f) ~ group + age, wide)
names <- rownames(coef_test(several, vcov = "CR2", cluster = wide$therapist))
at <- matrix(0, 2, length(names))
at[cbind(1:2, grep("group1", names))] <- 1
group <- Wald_test(several, constraints = at, vcov = "CR2", cluster = wide$therapist, test = "HTZ")
exact <- oneway_test(y ~ group, wide, distribution = "exact")

cat(toJSON(list(
  mixed = mixed(d),
  mixed_without_three_cells = mixed(d[-c(2, 11, 24), ]),
  cr2 = list(term = cr2$Coef, estimate = cr2$beta, se = cr2$SE, df = cr2$df_Satt, p = cr2$p_Satt),
  three = list(F = three$Fstat, df1 = three$df_num, df2 = three$df_denom, p = three$p_val),
  group_in_two_outcomes = list(F = group$Fstat, df1 = group$df_num, df2 = group$df_denom, p = group$p_val),
  permutation = list(p = pvalue(exact))
), digits = 12, auto_unbox = TRUE, pretty = TRUE))
