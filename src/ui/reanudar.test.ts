import assert from 'node:assert/strict'
import { test } from 'node:test'
import { abrirBroker, type BrokerDePrueba, unEvento, unFinal } from '../../tests/apoyo/broker.ts'
import { abrirUi, escuchar, type Oyente, type UiDePrueba } from '../../tests/apoyo/ui.ts'
import { testigoDe } from './flujo/marca.ts'
import { leerSesion, nuevaSesion } from './web/sesion.ts'

type Escena = BrokerDePrueba & Readonly<{ ui: UiDePrueba; cookie: string; propietario: string }>

const conEscena = async (limites: object, prueba: (escena: Escena) => Promise<void>): Promise<void> => {
  const banco = await abrirBroker()
  const ui = await abrirUi({ broker: banco.broker, opciones: { limites } })
  const cookie = `sesion=${nuevaSesion().secreto}`
  await prueba({ ...banco, ui, cookie, propietario: leerSesion({ cookie }, false)?.id ?? '' })
  await ui.cerrar()
  await banco.cerrar()
}

const reservas = (oyente: Oyente) => oyente.avisos().map(({ data }) => data?.id_reserva)
const serie = (desde: number, hasta: number) => Array.from({ length: hasta - desde + 1 }, (_, i) => `r-${desde + i}`)
const inicio = async (oyente: Oyente) => {
  await oyente.cuando('inicio', (tramas) => tramas.length > 0)
  assert.equal(oyente.tramas[0]?.control, 'inicio')
  return oyente.tramas[0]
}
const LIMITES = { 'desde la memoria': {}, 'desde el registro': { memoria: { avisos: 1, bytes: 1 } } }

for (const [nombre, limites] of Object.entries(LIMITES))
  test(`cortado a la mitad sigue donde iba: lo que faltaba y luego lo nuevo, ${nombre}`, () =>
    conEscena(limites, async ({ ui, cookie, propietario, publicar }) => {
      const antes = await escuchar(ui, { cookie })
      assert.equal((await inicio(antes))?.recuperado, false)
      for (const id of serie(1, 5)) await publicar(unEvento('ReservaCreada', id, { propietario }), unFinal('Pagar', id, { propietario }))
      await antes.cuando('diez', () => antes.avisos().length === 10)
      const visto = antes.avisos()[3]?.posicion
      antes.enchufe.terminate()
      for (let i = 0; i < 600; i++) await publicar(unEvento('ReservaCreada', `ajena-${i}`), unFinal('Pagar', `ajena-${i}`))
      for (const id of serie(6, 8)) await publicar(unEvento('ReservaCreada', id, { propietario }))
      const despues = await escuchar(ui, { cookie, consulta: `?desde=${visto}` })
      assert.equal((await inicio(despues))?.recuperado, true)
      await publicar(unEvento('ReservaCreada', 'r-9', { propietario }))
      await despues.cuando('los que faltaban', () => despues.avisos().length === 10)
      const [yaVistos, nuevos] = [antes.avisos().slice(0, 4), despues.avisos()].map((avisos) =>
        avisos.map((a) => `${a.evento} ${a.data?.id_reserva}`),
      )
      const todos = [...serie(1, 9).map((id) => `ReservaCreada ${id}`), ...serie(1, 5).map((id) => `OperacionTerminada ${id}`)]
      assert.deepEqual([...(yaVistos ?? []), ...(nuevos ?? [])].toSorted(), todos.toSorted())
    }))

test('un proceso nuevo, sin nada que leer desde que arrancó, también recupera', () =>
  conEscena({}, async ({ broker, ui, cookie, propietario, publicar }) => {
    const antes = await escuchar(ui, { cookie })
    await inicio(antes)
    await publicar(unEvento('ReservaCreada', 'r-1', { propietario }))
    await antes.cuando('uno', () => antes.avisos().length === 1)
    const visto = antes.avisos()[0]?.posicion
    antes.enchufe.terminate()
    await publicar(unEvento('ReservaAprobada', 'r-1', { propietario }))
    // Un reloj adelantado: para él todo lo publicado es anterior a su arranque.
    const { entornoReal } = await import('seedwork/infraestructura/entorno_real.ts')
    const tarde = { ...entornoReal, reloj: { ...entornoReal.reloj, ahora: () => Date.now() + 3_600_000 } }
    const nuevo = await abrirUi({ broker, entorno: tarde })
    const despues = await escuchar(nuevo, { cookie, consulta: `?desde=${visto}` })
    assert.equal((await inicio(despues))?.recuperado, true)
    await despues.cuando('el que faltaba', () => despues.avisos().length === 1)
    await publicar(unEvento('ReservaPagada', 'r-1', { propietario }))
    await despues.cuando('el nuevo', () => despues.avisos().length === 2)
    assert.deepEqual(
      despues.avisos().map(({ evento }) => evento),
      ['ReservaAprobada', 'ReservaPagada'],
    )
    await nuevo.cerrar()
  }))

test('una posición que ya no se conserva, de otra historia o inventada: hay que empezar de nuevo, y se dice primero', () =>
  conEscena({ memoria: { avisos: 1, bytes: 1 } }, async ({ ui, cookie, propietario, publicar, vencer }) => {
    const antes = await escuchar(ui, { cookie })
    const deAntes = (await inicio(antes))?.posicion ?? ''
    for (let i = 1; i <= 400; i++)
      await publicar(unEvento('ReservaCreada', `r-${i}`, { propietario }), unFinal('Pagar', `r-${i}`, { propietario }))
    await antes.cuando('todos', () => antes.avisos().length === 800)
    const visto = antes.avisos()[10]?.posicion ?? ''
    await vencer()
    const deOtra = testigoDe(['deotra99.5', 'deotra99.5'])
    const viejo = testigoDe(['@1000', '@1000'])
    for (const desde of [visto, deOtra, viejo, 'basura', '', 'W10', 'x'.repeat(5_000), Buffer.from('["a"]').toString('base64url')]) {
      const oyente = await escuchar(ui, { cookie, consulta: `?desde=${encodeURIComponent(desde)}` })
      const primera = await inicio(oyente)
      assert.equal(primera?.recuperado, false, `desde ${desde}`)
      assert.equal(oyente.tramas.length, 1)
      oyente.enchufe.terminate()
    }
    assert.ok(deAntes.length > 0)
    const sigue = await escuchar(ui, { cookie, consulta: `?desde=${antes.avisos().at(-1)?.posicion}` })
    assert.equal((await inicio(sigue))?.recuperado, true)
    await publicar(unEvento('ReservaCreada', 'r-fin', { propietario }))
    await sigue.cuando('el nuevo', () => sigue.avisos().length === 1)
    assert.deepEqual(reservas(sigue), ['r-fin'])
  }))

/** Un lector de SSE que apunta los eventos hasta tener `cuantos`. */
const leerSse = async (ui: UiDePrueba, cabeceras: Record<string, string>, cuantos: number) => {
  const aborto = new AbortController()
  const respuesta = await fetch(`${ui.url}/eventos`, { headers: cabeceras, signal: aborto.signal })
  assert.equal(respuesta.status, 200)
  assert.match(respuesta.headers.get('content-type') ?? '', /^text\/event-stream/)
  const eventos: { id: string; data: { control?: string; recuperado?: boolean; posicion: string; data?: { id_reserva: string } } }[] = []
  let texto = ''
  for await (const trozo of respuesta.body ?? []) {
    texto += Buffer.from(trozo as Uint8Array).toString()
    for (let fin = texto.indexOf('\n\n'); fin >= 0; fin = texto.indexOf('\n\n')) {
      const lineas = texto.slice(0, fin).split('\n')
      texto = texto.slice(fin + 2)
      const de = (campo: string) => lineas.find((linea) => linea.startsWith(`${campo}: `))?.slice(campo.length + 2)
      const [id, data] = [de('id'), de('data')]
      if (id !== undefined && data !== undefined) eventos.push({ id, data: JSON.parse(data) })
    }
    if (eventos.length >= cuantos) break
  }
  aborto.abort()
  return eventos
}

test('por SSE llega lo mismo, y con Last-Event-ID se sigue donde se iba', () =>
  conEscena({}, async ({ ui, cookie, propietario, publicar }) => {
    const [empezo] = await leerSse(ui, { cookie }, 1)
    assert.partialDeepStrictEqual(empezo?.data, { control: 'inicio', recuperado: false })
    assert.equal(empezo?.id, empezo?.data.posicion)
    for (const id of serie(1, 3)) await publicar(unEvento('ReservaCreada', id, { propietario }), unEvento('ReservaCreada', `ajena-${id}`))
    const [, uno, dos] = await leerSse(ui, { cookie, 'last-event-id': empezo?.id ?? '' }, 3)
    assert.deepEqual([uno?.data.data?.id_reserva, dos?.data.data?.id_reserva], ['r-1', 'r-2'])
    assert.equal(dos?.id, dos?.data.posicion)
    const [control, tres] = await leerSse(ui, { cookie, 'last-event-id': dos?.id ?? '' }, 2)
    assert.partialDeepStrictEqual(control?.data, { control: 'inicio', recuperado: true })
    assert.equal(tres?.data.data?.id_reserva, 'r-3')
    const ajeno = await fetch(`${ui.url}/eventos`, { headers: { origin: 'https://otro.example' } })
    assert.equal(ajeno.status, 403)
  }))

test('al detenerse, un SSE abierto termina', async () => {
  const { broker, cerrar } = await abrirBroker()
  const ui = await abrirUi({ broker })
  const respuesta = await fetch(`${ui.url}/eventos`)
  const lectura = respuesta.text()
  await ui.cerrar()
  assert.match(await lectura, /"control":"inicio"/)
  await cerrar()
})
