export type Moneda = 'COP' | 'USD'

/** En unidades menores de la moneda (centavos en las dos, ISO 4217): siempre un entero. */
export type Dinero = Readonly<{ moneda: Moneda; total: number }>

/** Cuántos pesos vale un dólar en toda tarifa: fijo, para que una oferta no dependa de un mercado. */
const PESOS_POR_DOLAR = 4_100
/** Nadie cobra centavos: los precios van en dólares enteros y en cientos de pesos. */
const PASO: Readonly<Record<Moneda, number>> = { USD: 100, COP: 10_000 }

/** Una cantidad de centavos de dólar, en la moneda y redondeada a su paso. */
export const en_moneda = (centavos_de_dolar: number, moneda: Moneda): number => {
  const exacto = moneda === 'USD' ? centavos_de_dolar : centavos_de_dolar * PESOS_POR_DOLAR
  return Math.round(exacto / PASO[moneda]) * PASO[moneda]
}
