import { query, type Respondedor } from 'seedwork/aplicacion/mensajes.ts'
import { type Especificacion, no, y } from 'seedwork/dominio/especificacion.ts'
import type { Instante } from 'seedwork/dominio/instante.ts'
import type { Lector } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Reloj } from 'seedwork/infraestructura/puertos.ts'
import type { Aeropuertos } from '../../dominio/aeropuertos.ts'
import { type BusquedaPedida, validar_busqueda } from '../../dominio/busqueda.ts'
import { type Horas, MINUTO_MS } from '../../dominio/horas.ts'
import {
  filtrar_mejores_itinerarios,
  type ItinerarioOfrecido,
  juntar,
  type OdoOfrecido,
  type Orden,
  ordenar,
} from '../../dominio/itinerarios_ofrecidos.ts'
import { asientos_de } from '../../dominio/precio.ts'
import type { OdoBuscado, ParametroBusca, Proveedor } from '../../dominio/proveedor.ts'
import type { Opcion } from '../../dominio/red/conexiones.ts'
import type { Asientos, Proveedores } from '../../dominio/repositorios.ts'

type Pedido = BusquedaPedida & Pick<ParametroBusca, 'clase' | 'moneda'> & Readonly<{ orden: Orden; desde: number; tamano: number }>

/** Una página de lo hallado, que en total son `total`, y el primero de cada orden, si hay alguno. */
export type Hallados = Readonly<{
  itinerarios: readonly ItinerarioOfrecido[]
  total: number
  destacados: Readonly<Record<Orden, ItinerarioOfrecido>> | undefined
  parametros: ParametroBusca
}>

/** Cómo se puede viajar: lanza `busqueda_invalida` si lo que se pide no tiene sentido. */
export const BuscarItinerarios = query<Pedido, Hallados>()('BuscarItinerarios')

type Puertos = Readonly<{ aeropuertos: Aeropuertos; horas: Horas; proveedores: Proveedores; asientos: Asientos; reloj: Reloj }>

/** Antes de salir hay que llegar al aeropuerto. */
const ANTES_DE_SALIR_MS = 60 * MINUTO_MS
/** Entre la llegada de la ida y la salida del regreso. */
const ENTRE_ODOS_MS = 60 * MINUTO_MS
/** Las formas de volar cada odo que se combinan cuando hay más de uno. */
const POR_ODO = 40

type Cotizable = Readonly<{ opcion: Opcion; proveedor: Proveedor }>

const ya_sale =
  (ahora: Instante): Especificacion<Cotizable> =>
  ({ opcion: [primero] }) =>
    primero.salida < ahora + ANTES_DE_SALIR_MS

const caben =
  (cuantos: number): Especificacion<OdoOfrecido> =>
  ({ asientos }) =>
    asientos >= cuantos

/** El segundo odo se alcanza después del primero. */
const se_alcanzan: Especificacion<ItinerarioOfrecido> = ({ odos }) =>
  odos.every(({ opcion }, i) => {
    const anterior = odos[i - 1]?.opcion.at(-1)
    return anterior === undefined || opcion[0].salida >= anterior.llegada + ENTRE_ODOS_MS
  })

const duracionDe = (opcion: Opcion): number => (opcion.at(-1)?.llegada ?? opcion[0].llegada) - opcion[0].salida

/** Lo que cada aerolínea ofrece para cada odo y todavía se alcanza a tomar. */
const deCadaOdo = (
  proveedores: Proveedores,
  odos: readonly OdoBuscado[],
  parametros: ParametroBusca,
): readonly (readonly Cotizable[])[] => {
  const deTodas = proveedores.obtener_todos().map((proveedor) => ({ proveedor, odos: proveedor.obtener_itinerarios(odos, parametros) }))
  const sirve = y(no(ya_sale(parametros.ahora)))
  return odos.map((_, i) =>
    deTodas.flatMap(({ proveedor, odos: suyos }) => (suyos[i] ?? []).map((opcion) => ({ opcion, proveedor })).filter(sirve)),
  )
}

/** Con su precio y sus asientos; los que no alcanzan no se ofrecen. */
const cotizar = async (lector: Lector, asientos: Asientos, odos: readonly (readonly Cotizable[])[], parametros: ParametroBusca) => {
  const { clase, viajeros, ahora: emitida } = parametros
  const llaves = new Set(odos.flat().flatMap(({ opcion, proveedor }) => proveedor.llaves(opcion, clase)))
  const vendidos = llaves.size === 0 ? new Map<string, number>() : await asientos.vendidos(lector, [...llaves])
  const ofrecer = ({ opcion, proveedor }: Cotizable): OdoOfrecido => {
    const { precio, asientos: quedan } = proveedor.cotizar(opcion, { ...parametros, emitida, vendidos })
    return { opcion, precio, asientos: quedan, duracion: duracionDe(opcion) }
  }
  return odos.map((deOdo) => deOdo.map(ofrecer).filter(caben(asientos_de(viajeros))))
}

const soltar = ({ opcion, precio, duracion }: OdoOfrecido) => ({
  total: precio.total,
  duracion,
  escalas: opcion.length - 1,
  salida: opcion[0].salida,
})

/** Los mejores de un odo, para no combinar los que no llegarían a ninguna parte. */
const mejoresDeOdo = (odos: readonly OdoOfrecido[]): readonly OdoOfrecido[] => {
  const comparables = odos.map((odo) => ({ odo, ...soltar(odo) }))
  return ordenar(filtrar_mejores_itinerarios(comparables), 'mejor')
    .slice(0, POR_ODO)
    .map(({ odo }) => odo)
}

const combinar = (odos: readonly (readonly OdoOfrecido[])[]): readonly ItinerarioOfrecido[] => {
  const [primero = [], segundo] = odos
  if (segundo === undefined) return primero.map((odo) => juntar([odo]))
  const regresos = mejoresDeOdo(segundo)
  return mejoresDeOdo(primero)
    .flatMap((ida) => regresos.map((regreso) => juntar([ida, regreso])))
    .filter(se_alcanzan)
}

const primerosDe = (hallados: readonly ItinerarioOfrecido[]): Hallados['destacados'] => {
  const [[mejor], [barato], [rapido]] = [ordenar(hallados, 'mejor'), ordenar(hallados, 'barato'), ordenar(hallados, 'rapido')]
  return mejor && barato && rapido && { mejor, barato, rapido }
}

export const buscarItinerarios =
  ({ aeropuertos, horas, proveedores, asientos, reloj }: Puertos): Respondedor<typeof BuscarItinerarios> =>
  async ({ lector }, { tramos, viajeros, clase, moneda, orden, desde, tamano }) => {
    const ahora = reloj.ahora()
    const parametros = { viajeros, clase, moneda, ahora }
    const odos = validar_busqueda({ tramos, viajeros }, { aeropuertos, horas, ahora })
    const cotizados = await cotizar(lector, asientos, deCadaOdo(proveedores, odos, parametros), parametros)
    const hallados = filtrar_mejores_itinerarios(combinar(cotizados))
    const itinerarios = ordenar(hallados, orden).slice(desde, desde + tamano)
    return { itinerarios, total: hallados.length, destacados: primerosDe(hallados), parametros }
  }
