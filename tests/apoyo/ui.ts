import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { bitacoraEnMemoria, type Linea } from 'seedwork/presentacion/servidor_de_prueba.ts'
import { crearUi, type PartesDeUi } from 'ui/servidor.ts'
import { WebSocket } from 'ws'
import { entornoReal } from '../../src/seedwork/infraestructura/entorno_real.ts'
import { CLAVE } from './api.ts'
import { crearCliente } from './cliente.ts'

/** Sólo lo que la página genera al compilarse; de lo que muestra se ocupan sus propias pruebas. */
const vistasDePrueba = (): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'vistas-'))
  writeFileSync(join(carpeta, 'entrada.tsx'), "const titulo: string = 'Prueba'\ndocument.title = titulo\n")
  writeFileSync(join(carpeta, 'estilos.css'), 'body { margin: 0 }\n')
  return carpeta
}

const sinEsquemas: EsquemasConocidos = { porDataschema: () => undefined }

/** Una interfaz de verdad, escuchando en un puerto libre. */
export type UiDePrueba = Readonly<{ url: string; lineas: readonly Linea[]; cerrar: () => Promise<void> }>

export type OpcionesDeUi = Partial<Omit<PartesDeUi, 'bitacora'>> & Pick<PartesDeUi, 'broker'> & Readonly<{ host?: string }>

export const abrirUi = async ({ opciones = {}, host = '127.0.0.1', ...partes }: OpcionesDeUi): Promise<UiDePrueba> => {
  const vistas = vistasDePrueba()
  const { bitacora, lineas } = bitacoraEnMemoria()
  const ui = await crearUi({
    esquemas: sinEsquemas,
    api: 'http://127.0.0.1:9',
    firmar: (actor) => firmarActor(CLAVE, actor, Date.now() + 60_000),
    entorno: entornoReal,
    ...partes,
    bitacora,
    opciones: { vistas, ...opciones },
  })
  const url = await ui.escuchar({ host, puerto: 0 })
  return {
    url,
    lineas,
    cerrar: async () => {
      await ui.detener()
      rmSync(vistas, { recursive: true })
    },
  }
}

/** La cookie de una sesión nueva, como la guarda un navegador al abrir la página. */
export const abrirPagina = async ({ url }: Pick<UiDePrueba, 'url'>): Promise<string> => {
  const respuesta = await fetch(url)
  await respuesta.text()
  return respuesta.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
}

/** Un navegador con su sesión: lo que su página puede pedir. */
export const navegador = async (ui: Pick<UiDePrueba, 'url'>) => {
  const cookie = await abrirPagina(ui)
  return { cookie, api: crearCliente(`${ui.url}/api`, undefined, { cookie }) }
}

export type Trama = Readonly<{
  data?: Readonly<{ id_reserva: string; id_cliente: string; estado: string; fecha_creacion: number | null }>
  evento?: string
  id_operacion?: string | null
  operacion?: Readonly<{ id_operacion: string; comando: string; estado: string; codigo: string | null; error: string | null }>
  posicion?: string
  control?: string
  recuperado?: boolean
}>

export type Oyente = Readonly<{
  enchufe: WebSocket
  tramas: Trama[]
  /** Las que no son de control. */
  avisos: () => readonly Trama[]
  cuando: (que: string, seCumple: (tramas: readonly Trama[]) => boolean) => Promise<void>
  cerrado: Promise<number>
}>

const PLAZO_MS = 10_000

/** Escucha hasta que se cierra. Resuelve ya conectado; rechaza con el estado HTTP si no se le admite. */
export const escuchar = async (
  { url }: Pick<UiDePrueba, 'url'>,
  { cookie, consulta = '', cabeceras = {} }: { cookie?: string; consulta?: string; cabeceras?: Readonly<Record<string, string>> } = {},
): Promise<Oyente> => {
  const tramas: Trama[] = []
  const esperas = new Set<() => void>()
  const enchufe = new WebSocket(`${url.replace('http', 'ws')}/${consulta}`, {
    headers: { ...(cookie !== undefined && { cookie }), ...cabeceras },
  })
  enchufe.on('message', (texto) => {
    tramas.push(JSON.parse(String(texto)))
    for (const revisar of esperas) revisar()
  })
  const cerrado = new Promise<number>((resolver) => enchufe.on('close', resolver))
  await new Promise<void>((resolver, rechazar) => {
    enchufe.on('open', resolver)
    enchufe.on('error', rechazar)
  })
  const cuando = (que: string, seCumple: (tramas: readonly Trama[]) => boolean): Promise<void> =>
    new Promise((resolver, rechazar) => {
      const plazo = setTimeout(() => terminar(rechazar, new Error(`No pasó: ${que}. Tramas: ${JSON.stringify(tramas)}`)), PLAZO_MS)
      const terminar = <T>(como: (valor: T) => void, valor: T) => {
        clearTimeout(plazo)
        esperas.delete(revisar)
        como(valor)
      }
      const revisar = () => {
        if (seCumple(tramas)) terminar(resolver, undefined)
      }
      esperas.add(revisar)
      revisar()
    })
  return { enchufe, tramas, avisos: () => tramas.filter(({ control }) => control === undefined), cuando, cerrado }
}

export const deEvento = (evento: string, id_reserva?: string) => (trama: Trama) =>
  trama.evento === evento && (id_reserva === undefined || trama.data?.id_reserva === id_reserva)
