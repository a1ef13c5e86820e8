import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import { abrirApi } from './apoyo/api.ts'
import { enCurso, filas } from './apoyo/archivo.ts'
import { cuando, esProblema, lleva } from './apoyo/frases.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { unPedido } from './apoyo/pedidos.ts'

const api = await abrirApi()
after(api.cerrar)

for (const ruta of ['/vuelos/reserva', '/vuelos/reserva-comando'])
  test(`${ruta}: un fallo de adentro no se recuerda, y repetir con la misma llave lo hace`, async (t) => {
    t.after(() => armarCaida())
    const pedir = () => api.invitado.pedir('POST', ruta, { cuerpo: unPedido(), cabeceras: { 'idempotency-key': `llave de ${ruta}` } })
    await hastaQue('nada en curso', async () => (await enCurso(api)) === 0)
    const antes = await filas(api)
    armarCaida((nombre) => {
      if (nombre === 'outbox.antes_de_escribir') throw new Error('algo se rompió')
    })
    await cuando(pedir).entonces(esProblema(500, 'error_interno'))
    armarCaida()
    assert.deepEqual(await filas(api), antes)
    await cuando(pedir).entonces(lleva('idempotent-replayed', null), ({ estado }) => assert.ok(estado < 300))
  })
