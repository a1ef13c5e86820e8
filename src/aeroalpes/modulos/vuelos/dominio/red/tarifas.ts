import type { Instante } from 'seedwork/dominio/instante.ts'
import { en_moneda, type Moneda } from '../dinero.ts'
import { DIA_MS, type Dia, dia_de_la_semana } from '../horas.ts'
import type { Clase, TipoPasajero } from '../objetos_valor.ts'
import { azar_de } from './azar.ts'
import { llave_de_cabina } from './cabinas.ts'
import type { VueloProgramado } from './horarios.ts'

/** Una cabina con lo que se ha vendido de ella. */
export type Cabina = Readonly<{ vuelo: VueloProgramado; clase: Clase; cupo: number; vendidos: number }>

/** Lo que paga una persona, en unidades menores. Lo que paga es la suma de las dos. */
export type Tarifa = Readonly<{ base: number; impuestos: number }>

const DE_CLASE: Readonly<Record<Clase, number>> = { ECONOMICA: 1, PREMIUM: 1.55, EJECUTIVA: 3.1, PRIMERA: 5.2 }
/** La parte de la tarifa de un adulto que paga cada quien. */
const DE_TIPO: Readonly<Record<TipoPasajero, number>> = { ADULTO: 1, MENOR: 0.75, INFANTE: 0.1 }
const CON_CONEXION = 0.82
const IMPUESTO = 0.1
const TASA_NACIONAL = 500
const TASA_INTERNACIONAL = 1_900

/** Centavos de dólar por volar esa distancia, sin nada más. */
const porDistancia = (km: number): number => 3_000 + 9.5 * km ** 0.93

/** Fin de año y mitad de año. */
const temporada = (dia: Dia): number => {
  const fecha = new Date(dia * DIA_MS)
  const mes_dia = (fecha.getUTCMonth() + 1) * 100 + fecha.getUTCDate()
  if (mes_dia >= 1_215 || mes_dia <= 115) return 1.35
  return mes_dia >= 615 && mes_dia <= 731 ? 1.2 : 1
}

const deLaSemana = (dia: Dia): number => [1.12, 1, 0.92, 0.92, 1, 1.12, 1][dia_de_la_semana(dia)] ?? 1

/** Comprar tarde cuesta más. */
const anticipacion = (dias: number): number => {
  const tramos = [
    [3, 1.6],
    [7, 1.4],
    [14, 1.2],
    [30, 1.08],
    [90, 1],
  ] as const
  return tramos.find(([hasta]) => dias < hasta)?.[1] ?? 0.95
}

/** Los últimos asientos cuestan más: el precio sube cuando se ha vendido la mitad del cupo, y otra vez al 80 %. */
const ocupacion = ({ cupo, vendidos }: Cabina): number => {
  const parte = cupo === 0 ? 1 : vendidos / cupo
  return parte >= 0.8 ? 1.3 : parte >= 0.5 ? 1.12 : 1
}

type Compra = Readonly<{ semilla: number; emitida: Instante; moneda: Moneda; conConexion: boolean }>

/** Centavos de dólar de un adulto en esa cabina, comprada en ese instante. */
const deAdulto = (cabina: Cabina, { semilla, emitida, conConexion }: Compra): number => {
  const { vuelo, clase } = cabina
  const demanda = 0.85 + 0.45 * azar_de(semilla, 'demanda', llave_de_cabina(vuelo, clase))
  const factores = [
    DE_CLASE[clase],
    vuelo.aerolinea.tarifa,
    temporada(vuelo.dia),
    deLaSemana(vuelo.dia),
    anticipacion((vuelo.salida - emitida) / DIA_MS),
    ocupacion(cabina),
    demanda,
    conConexion ? CON_CONEXION : 1,
  ]
  return factores.reduce((total, factor) => total * factor, porDistancia(vuelo.km))
}

/** Lo que paga un pasajero por ese vuelo. La tasa del aeropuerto la paga quien ocupa asiento. */
export const tarifa_de = (cabina: Cabina, tipo: TipoPasajero, compra: Compra): Tarifa => {
  const { origen, destino } = cabina.vuelo
  const centavos = deAdulto(cabina, compra) * DE_TIPO[tipo]
  const tasa = tipo === 'INFANTE' ? 0 : origen.pais === destino.pais ? TASA_NACIONAL : TASA_INTERNACIONAL
  return { base: en_moneda(centavos, compra.moneda), impuestos: en_moneda(centavos * IMPUESTO + tasa, compra.moneda) }
}
