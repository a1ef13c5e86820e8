// Cuántos archivos de src/ hay que abrir para seguir CrearReserva desde su ruta HTTP hasta el broker: su evento confirmado en el log.
// No los adivina: hace una reserva síncrona de verdad y pregunta a V8 qué funciones corrieron. No cuenta dos cosas, y las muestra aparte:
// la orilla HTTP, que es igual para todas las rutas, y las hojas del seedwork, que no llevan a ningún otro archivo: su nombre basta.

import { readFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { basename, dirname, join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import { conProceso } from './proceso_de_paso.ts'

/** El presupuesto de estilo: lo que alguien abre de una sentada. */
export const ARCHIVOS_MAXIMOS = 20
const RAIZ = dirname(import.meta.dirname)
/** La reserva y su evento son durables: la fila del outbox es la del log del tópico. Lo que sigue es otro recorrido. */
const EN_EL_LOG = 'uow.despues_de_confirmar'
const ORILLA = 'src/seedwork/presentacion/'

const lugar = (codigo: string) => ({ codigo, nombre: null })
const leg = { fecha_salida: '2027-03-01T13:10:00Z', fecha_llegada: '2027-03-01T19:10:00Z', origen: lugar('BOG'), destino: lugar('JFK') }
const PEDIDO = { itinerarios: [{ odos: [{ segmentos: [{ legs: [leg] }] }] }] }

type Cobertura = Readonly<{
  result: readonly Readonly<{ url: string; functions: readonly Readonly<{ ranges: readonly { count: number }[] }>[] }>[]
}>

/** Empieza a contar llamadas. `tomar` da los archivos de src/ con alguna función llamada desde la vez anterior. */
const contarLlamadas = () => {
  const sesion = new Session()
  sesion.connect()
  sesion.post('Profiler.enable')
  sesion.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  return {
    tomar: (): readonly string[] => {
      let cobertura: Cobertura = { result: [] }
      sesion.post('Profiler.takePreciseCoverage', (error: Error | null, tomada: Cobertura) => {
        if (error) throw error
        cobertura = tomada
      })
      return cobertura.result
        .filter(({ url, functions }) => url.startsWith('file:') && functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
        .map(({ url }) => relative(RAIZ, fileURLToPath(url)).replaceAll('\\', '/'))
        .filter((ruta) => ruta.startsWith('src/'))
        .sort()
    },
    terminar: () => sesion.disconnect(),
  }
}

const reservar = async (api: string): Promise<void> => {
  const respuesta = await fetch(`${api}/vuelos/reserva`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(PEDIDO),
  })
  const texto = await respuesta.text()
  if (respuesta.status !== 200) throw new Error(`La reserva no se hizo: ${texto}`)
}

/** Los archivos de src/ que corren entre un `POST /vuelos/reserva` y su commit, con todo lo que se hace una sola vez ya hecho. */
const archivosQueCorren = (): Promise<readonly string[]> =>
  conProceso(async (api, _, { broker }) => {
    await reservar(api)
    const llamadas = contarLlamadas()
    const unaVez = async (): Promise<readonly string[]> => {
      armarCaida()
      while (broker.atrasos().some(({ pendientes }) => pendientes > 0)) await setImmediate()
      await setImmediate() // la vuelta que la suscripción ya había pedido
      llamadas.tomar()
      const { promise: enElLog, resolve } = Promise.withResolvers<readonly string[]>()
      armarCaida((punto) => punto === EN_EL_LOG && resolve(llamadas.tomar()))
      await reservar(api)
      return enElLog
    }
    try {
      // Lo que corre cada segundo puede caer dentro de una: del recorrido es lo que corre en todas.
      const [primera = [], ...otras] = [await unaVez(), await unaVez(), await unaVez()]
      return primera.filter((archivo) => otras.every((otra) => otra.includes(archivo)))
    } finally {
      armarCaida()
      llamadas.terminar()
    }
  })

/** Si el archivo llama a otro de `archivos`: si importa algo suyo que no sea un tipo. */
const llevaAOtro = (archivo: string, archivos: readonly string[]): boolean =>
  [...readFileSync(join(RAIZ, archivo), 'utf8').matchAll(/^import (?!type)[^']* from '(\.[^']*)'/gm)].some(([, ruta = '']) =>
    archivos.includes(join(dirname(archivo), ruta).replaceAll('\\', '/')),
  )

export type Recorrido = Readonly<{ abrir: readonly string[]; hojas: readonly string[]; orilla: readonly string[] }>

export const recorrerCrearReserva = async (): Promise<Recorrido> => {
  const archivos = await archivosQueCorren()
  const orilla = archivos.filter((archivo) => archivo.startsWith(ORILLA))
  const dentro = archivos.filter((archivo) => !archivo.startsWith(ORILLA))
  const hojas = dentro.filter((archivo) => archivo.startsWith('src/seedwork/') && !llevaAOtro(archivo, dentro))
  return { abrir: dentro.filter((archivo) => !hojas.includes(archivo)), hojas, orilla }
}

export const informeDelRecorrido = ({ abrir, hojas, orilla }: Recorrido): string =>
  [
    `${abrir.length} archivos de la ruta de CrearReserva al broker (meta: ≤ ${ARCHIVOS_MAXIMOS})`,
    ...abrir.map((archivo) => `  ${archivo}`),
    `  sin contar ${hojas.length} hojas del seedwork (${hojas.map((hoja) => basename(hoja, '.ts')).join(', ')}) y ${orilla.length} de la orilla HTTP`,
  ].join('\n')

if (import.meta.main) {
  const recorrido = await recorrerCrearReserva()
  console.log(informeDelRecorrido(recorrido))
  process.exitCode = recorrido.abrir.length <= ARCHIVOS_MAXIMOS ? 0 : 1
}
